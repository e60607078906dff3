#!/bin/sh
# Makes FOLDER a virtual environment of Python with PACKAGES, which is a list of what pip takes in one argument. Remade
# when the list changes; otherwise nothing is fetched. PYTHON names another Python than `python3`; pip's own variables
# (PIP_FIND_LINKS, PIP_EXTRA_INDEX_URL) choose where packages come from, such as PyTorch built without CUDA.
# Exit status: 0 it is there, 64 wrong arguments, 69 something could not be had.
set -eu
if [ $# != 2 ]; then
  printf 'usage: Scripts/python-environment.sh FOLDER PACKAGES\n' >&2
  exit 64
fi
environment=$1
packages=$2

missing() {
  printf 'python-environment: %s\n' "$*" >&2
  exit 69
}

if [ "$(cat "$environment/packages" 2>/dev/null)" != "$packages" ]; then
  rm -rf "$environment"
  mkdir -p "$(dirname "$environment")"
  "${PYTHON:-python3}" -m venv "$environment" || missing "no virtual environment; install python3-venv"
  # shellcheck disable=SC2086 # the list is meant to be split
  "$environment/bin/pip" install --quiet --disable-pip-version-check $packages ||
    missing "pip could not install $packages; is the package index reachable?"
  printf '%s' "$packages" >"$environment/packages"
fi
