#!/usr/bin/env bash
# Prints the shards that have runs left, as `sbatch --array=` takes them: 3,7. Prints nothing if all is done.
set -euo pipefail

case ${1:-} in
  -h | --help)
    echo "Usage: scripts/unfinished_shards.sh N CONFIG... --out DIR [options of zipml run]"
    exit 0
    ;;
  '' | 0* | *[!0-9]*)
    echo "unfinished_shards.sh: found '${1:-}'; the number of shards comes first; see --help" >&2
    exit 2
    ;;
esac
count=$1
shift
list=''
exec 3>&2
for ((shard = 1; shard <= count; ++shard)); do
  plan=$("${ZIPML_PROGRAM:-build/zipml}" run "$@" --dry-run --shard "$shard/$count" 2>&3)
  exec 3>/dev/null # the messages are the same for every shard
  ! grep -q $'\t\\(to run\\|unreadable, to run again\\)$' <<<"$plan" || list+=,$shard
done
[ -z "$list" ] || echo "${list#,}"
