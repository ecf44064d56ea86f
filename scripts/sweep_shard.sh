#!/usr/bin/env bash
# Runs one shard of a sweep, as a task of a Slurm job array or a job of GNU parallel. See docs/sweeps.md.
#SBATCH --job-name=zipml
#SBATCH --output=zipml-%A_%a.log
#SBATCH --open-mode=append
#SBATCH --requeue
set -euo pipefail

usage() {
  cat <<'USAGE'
Usage: sbatch --array=1-N scripts/sweep_shard.sh N CONFIG... --out DIR [options of zipml run]
       seq N | parallel scripts/sweep_shard.sh {}/N CONFIG... --out DIR [options of zipml run]

Does shard I of N of the configs' sweeps, where I is the task's number or the part before the slash. What is finished is
not done again, so a shard that died is rerun by itself: sbatch --array=I ..., or scripts/sweep_shard.sh I/N ...

Runs side by side: the CPUs that Slurm granted, otherwise 1; --jobs and --threads change that. Under Slurm, {} in DIR is
the shard's number. ZIPML_PROGRAM names the program (default: build/zipml, from the folder the job is submitted in).
USAGE
}

fail() {
  echo "sweep_shard.sh: $1" >&2
  exit 2
}

case ${1:-} in
  -h | --help) usage && exit 0 ;;
  '') usage >&2 && exit 2 ;;
esac

task=${SLURM_ARRAY_TASK_ID:-}
case $1 in
  */*) shard=${1%%/*} count=${1#*/} task='' ;;
  *)
    [ -n "$task" ] || fail "found '$1' outside a Slurm job array; allowed: I/N, such as 3/16, or N under sbatch --array=1-N"
    shard=$task count=$1
    ;;
esac
shift
for number in "$shard" "$count"; do
  case $number in '' | 0* | *[!0-9]*) fail "shard $shard of $count: allowed are I/N with 1 <= I <= N" ;; esac
done
[ "$shard" -le "$count" ] || fail "shard $shard of $count: the number of a shard is at most the number of shards"
if [ -n "$task" ] && [ "${SLURM_ARRAY_TASK_COUNT:-1}" -gt 1 ] && [ "${SLURM_ARRAY_TASK_MAX:-$count}" -lt "$count" ]; then
  echo "sweep_shard.sh: note: the job array ends at $SLURM_ARRAY_TASK_MAX, but there are $count shards" >&2
fi

program=${ZIPML_PROGRAM:-build/zipml}
[ -x "$program" ] || fail "$program: no such program; build it, or let ZIPML_PROGRAM name it"

cpus=${SLURM_CPUS_PER_TASK:-${SLURM_CPUS_ON_NODE:-1}}
jobs=(--jobs "$cpus") threads=(--threads 1) words=() previous=''
for word in "$@"; do
  case $word in
    --jobs | --jobs=*) jobs=() ;;
    --threads | --threads=*) threads=() ;;
  esac
  if [ -n "$task" ] && { [ "$previous" = --out ] || [[ $word == --out=* ]]; }; then word=${word//'{}'/$shard}; fi
  words+=("$word")
  previous=$word
done
exec "$program" run "${words[@]}" "${jobs[@]}" "${threads[@]}" --shard "$shard/$count"
