#!/bin/sh
# Installs Debian's Slurm, which the tests of the Slurm engine start on this machine; nothing else needs it.
set -eu
exec "$(dirname "$0")/install-packages.sh" slurmctld slurmd slurm-client munge
