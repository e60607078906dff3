#!/bin/bash
# A Slurm cluster of two nodes on this machine, for tests: slurm-cluster.sh FOLDER [MAX-ARRAY-SIZE]
#
# Stays in the foreground until its standard input ends or it is told to stop, and takes everything it started with it: all
# of it lives in a process namespace that the kernel ends with its first process. Writes FOLDER/ready once both nodes are
# idle; SLURM_CONF=FOLDER/slurm.conf then makes sbatch and its kin talk to this cluster and no other. Needs root (two
# slurmd on one host, a process namespace) and the packages that `make test-slurm` installs.
set -euo pipefail

if [ "${1-}" != inside ]; then
  [ $# -ge 1 ] || { echo "usage: slurm-cluster.sh FOLDER [MAX-ARRAY-SIZE]" >&2; exit 64; }
  [ "$(id -u)" = 0 ] || { echo "error: two slurmd on one host need root" >&2; exit 69; }
  for program in munged slurmctld slurmd sinfo; do
    command -v "$program" >/dev/null || { echo "error: $program is missing: make test-slurm installs it" >&2; exit 69; }
  done
  exec unshare --pid --fork --kill-child --mount-proc "$0" inside "$@"
fi

shift
mkdir -p "$1"
folder=$(realpath "$1")
largest_array=${2:-1001}
host=$(hostname -s)
mkdir -p "$folder"/{control,log,d1,d2,munge}
rm -f "$folder/ready"
chmod 700 "$folder/munge"

# Ports that nobody listens on now: several such clusters may run side by side.
free_port() {
  local port
  while :; do
    port=$((RANDOM % 20000 + 20000))
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
  done
}

export SLURM_CONF="$folder/slurm.conf"
cat >"$SLURM_CONF" <<CONFIGURATION
ClusterName=probe
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$(free_port)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
# A job whose node was lost waits until its credential has run out before it starts again: 2 minutes, were it not for this.
AuthInfo=socket=$folder/munge/socket,cred_expire=5
StateSaveLocation=$folder/control
SlurmdSpoolDir=$folder/%n
SlurmctldPidFile=$folder/control.pid
SlurmdPidFile=$folder/%n.pid
SlurmctldLogFile=$folder/log/control
SlurmdLogFile=$folder/log/%n
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
ReturnToService=2
SlurmdTimeout=8
KillWait=5
MinJobAge=30
MaxArraySize=$largest_array
SchedulerParameters=sched_interval=1,sched_min_interval=100000,batch_sched_delay=0,defer_batch
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
NodeName=d1 NodeHostname=$host NodeAddr=127.0.0.1 Port=$(free_port) CPUs=1
NodeName=d2 NodeHostname=$host NodeAddr=127.0.0.1 Port=$(free_port) CPUs=1
# A job of "urgent" takes the node from one of "main", which is told so and goes back into the queue.
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
PartitionName=main Nodes=d1,d2 Default=YES MaxTime=INFINITE State=UP PriorityTier=1 GraceTime=20
PartitionName=urgent Nodes=d1,d2 MaxTime=INFINITE State=UP PriorityTier=9 PreemptMode=OFF
CONFIGURATION

dd if=/dev/urandom of="$folder/munge/key" bs=1024 count=1 status=none
chmod 400 "$folder/munge/key"
munged --force --foreground --key-file="$folder/munge/key" --socket="$folder/munge/socket" \
  --pid-file="$folder/munge/pid" --log-file="$folder/log/munge" --seed-file="$folder/munge/seed" 2>"$folder/log/munge-errors" &
for _ in $(seq 100); do [ -S "$folder/munge/socket" ] && break; sleep 0.05; done
slurmctld -D -f "$SLURM_CONF" >/dev/null 2>&1 &
for node in d1 d2; do slurmd -D -f "$SLURM_CONF" -N "$node" >/dev/null 2>&1 & done
for _ in $(seq 300); do
  [ "$(sinfo --noheader --partition=main --Node --format=%T 2>/dev/null | grep -c idle)" = 2 ] && break
  sleep 0.1
done
[ "$(sinfo --noheader --partition=main --Node --format=%T | grep -c idle)" = 2 ] || { tail -n 5 "$folder"/log/* >&2; exit 1; }
touch "$folder/ready"
# Ends with standard input; the namespace, and all that is in it, ends with this process.
cat >/dev/null
