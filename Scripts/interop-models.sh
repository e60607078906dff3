#!/bin/sh
# Holds dfprep's networks against timm's, in both directions: timm's random weights, outputs and gradients, which dfprep
# has to repeat; and weights of dfprep, which timm has to load strictly and to compute the same with. The tests must be
# built (`make interop-models`).
# Exit status: 0 all the same, 1 something differs, 69 a tool could not be had.
#
# PYTHON as in python-environment.sh; INTEROP_ENVIRONMENT another place than build/interop-models for its packages;
# INTEROP_NETWORKS a list of dfprep's names in place of all.
set -eu
scripts=$(cd "$(dirname "$0")" && pwd)
cd "$scripts/.."
environment=${INTEROP_ENVIRONMENT:-build/interop-models/environment}
references=build/interop-models/references
"$scripts/python-environment.sh" "$environment" 'torch==2.13.0 torchvision==0.28.0 timm==1.0.31'

rm -rf "$references"
# shellcheck disable=SC2086 # the list is meant to be split
"$environment/bin/python" "$scripts/interop-models.py" write "$references" ${INTEROP_NETWORKS:-}
DFPREP_TIMM_REFERENCES=$PWD/$references ${SWIFT:-swift} test --skip-build --disable-xctest --filter TimmReferenceTests
"$environment/bin/python" "$scripts/interop-models.py" check "$references"
rm -rf "$references"
