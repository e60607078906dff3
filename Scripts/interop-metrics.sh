#!/bin/sh
# Holds `dfprep evaluate` and `dfprep compare` on random tables against scikit-learn, to 1e-9. The argument is the
# command, such as .build/release/dfprep; `make interop` gives it.
# Exit status: 0 all equal, 1 something differs, 64 no such command, 69 a tool could not be had.
#
# PYTHON names another Python than `python3`; INTEROP_ENVIRONMENT another place than build/interop-metrics.
set -eu

dfprep=${1:-}
if [ ! -x "$dfprep" ]; then
  printf 'usage: Scripts/interop-metrics.sh DFPREP-COMMAND\n' >&2
  exit 64
fi
scripts=$(cd "$(dirname "$0")" && pwd)
environment=${INTEROP_ENVIRONMENT:-$scripts/../build/interop-metrics}
packages='scikit-learn==1.7.2'

missing() {
  printf 'interop: %s\n' "$*" >&2
  exit 69
}

# Remade when the list of packages changes; otherwise nothing is fetched.
if [ "$(cat "$environment/packages" 2>/dev/null)" != "$packages" ]; then
  rm -rf "$environment"
  mkdir -p "$(dirname "$environment")"
  "${PYTHON:-python3}" -m venv "$environment" || missing "no virtual environment; install python3-venv"
  # shellcheck disable=SC2086 # the list is meant to be split
  "$environment/bin/pip" install --quiet --disable-pip-version-check $packages ||
    missing "pip could not install $packages; is the package index reachable?"
  printf '%s' "$packages" >"$environment/packages"
fi
exec "$environment/bin/python" "$scripts/interop-metrics.py" "$dfprep"
