#!/bin/sh
# write_manual.sh PROGRAM FOLDER: the man pages of every command and of zipml-plots, bash completion and the changelog,
# ready to install.
set -eu
program=$1 folder=$2
mkdir -p "$folder"
"$program" help --completion bash >"$folder/zipml"
for command in $("$program" --complete '' | grep -v '^-'); do
  "$program" help "$command" --man | gzip -9n >"$folder/zipml-$command.1.gz"
done
source=$(dirname "$0")/../..
gzip -9nc "$source/CHANGELOG.md" >"$folder/CHANGELOG.md.gz"
{
  printf '.TH ZIPML\\-PLOTS 1 "" "%s" "zipml"\n' "$("$program" --version)"
  printf '.SH NAME\nzipml\\-plots \\- draw the figures of results that zipml run wrote\n.SH SYNOPSIS\n.nf\n'
  COLUMNS=76 python3 -B "$source/plots/draw_all.py" --help | sed 's/draw_all.py/zipml-plots/; s/^usage: //; s/-/\\-/g'
  printf '.fi\n.SH ENVIRONMENT\n.TP\n\\fBZIPML_PYTHON\\fR\nPython that can import matplotlib and h5py.\n'
  printf '.SH SEE ALSO\n.BR zipml (1)\n'
} | gzip -9n >"$folder/zipml-plots.1.gz"
"$program" help --man | gzip -9n >"$folder/zipml.1.gz"
