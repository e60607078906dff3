#!/bin/sh
# Reads shards with other people's tools: `sha256sum -c`, `tar -t`, and the Python package webdataset. The argument is a
# folder of shards, such as runs/demo/shards; `make interop` gives the demo's.
# Exit status: 0 all as written, 1 something differs, 64 no such folder, 69 a tool could not be had.
#
# PYTHON names another Python than `python3`; INTEROP_ENVIRONMENT another place than build/interop for its packages.
set -eu

folder=${1:-}
if [ ! -d "$folder" ]; then
  printf 'usage: Scripts/interop.sh SHARDS-FOLDER\n' >&2
  exit 64
fi
scripts=$(cd "$(dirname "$0")" && pwd)
environment=${INTEROP_ENVIRONMENT:-$scripts/../build/interop}
"$scripts/python-environment.sh" "$environment" 'webdataset==1.0.2 Pillow>=10'

status=0
(cd "$folder" && sha256sum --strict --quiet -c SHA256SUMS) || status=1
for shard in "$folder"/*.tar; do
  tar -tf "$shard" >/dev/null || status=1
done
"$environment/bin/python" "$scripts/interop.py" "$folder" || status=1
exit $status
