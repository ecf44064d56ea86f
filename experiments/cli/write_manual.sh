#!/bin/sh
# write_manual.sh PROGRAM FOLDER: the man pages of every command, bash completion and the changelog, ready to install.
set -eu
program=$1 folder=$2
mkdir -p "$folder"
"$program" help --completion bash >"$folder/zipml"
for command in $("$program" --complete '' | grep -v '^-'); do
  "$program" help "$command" --man | gzip -9n >"$folder/zipml-$command.1.gz"
done
gzip -9nc "$(dirname "$0")/../../CHANGELOG.md" >"$folder/changelog.gz"
"$program" help --man | gzip -9n >"$folder/zipml.1.gz"
