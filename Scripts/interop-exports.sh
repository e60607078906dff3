#!/bin/sh
# Writes a small run in every layout that `dfprep export` knows, and reads each the way its own tool does: fold tables with
# pandas, DeepfakeBench's lists as its loader walks them, FaceForensics++'s pairs, path lists, the folders that
# SupCon-MPL's code looks into. Arguments: the command, such as .build/release/dfprep, and the demo's clips
# (build/demo/dfdc), of which the run is made; `make interop` gives both.
# Exit status: 0 all as it should be, 1 something differs, 64 wrong arguments, 69 a tool could not be had.
#
# PYTHON names another Python than `python3`; INTEROP_ENVIRONMENT another place than build/interop-exports.
set -eu

dfprep=${1:-}
clips=${2:-}
if [ ! -x "$dfprep" ] || [ ! -d "$clips" ]; then
  printf 'usage: Scripts/interop-exports.sh DFPREP-COMMAND DEMO-CLIPS\n' >&2
  exit 64
fi
scripts=$(cd "$(dirname "$0")" && pwd)
environment=${INTEROP_ENVIRONMENT:-$scripts/../build/interop-exports}
"$scripts/python-environment.sh" "$environment" 'pandas==2.2.3 Pillow>=10'
exec "$environment/bin/python" "$scripts/interop-exports.py" "$dfprep" "$clips"
