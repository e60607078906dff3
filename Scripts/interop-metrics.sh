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
"$scripts/python-environment.sh" "$environment" 'scikit-learn==1.7.2'
exec "$environment/bin/python" "$scripts/interop-metrics.py" "$dfprep"
