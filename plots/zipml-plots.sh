#!/bin/sh
# Draws every figure for which there are results: zipml-plots --results DIR --out DIR [--only ...]. Runs draw_all.py,
# which lies beside this file or in share/zipml/plots of the installation, by a Python that has what it needs.
set -eu
here=$(dirname "$(readlink -f "$0")")
scripts=$here
[ -f "$scripts/draw_all.py" ] || scripts=$here/../share/zipml/plots
[ -f "$scripts/draw_all.py" ] || { echo "zipml-plots: no draw_all.py in $here or $scripts" >&2 && exit 1; }
for python in ${ZIPML_PYTHON:+"$ZIPML_PYTHON"} python3 /usr/bin/python3; do
  if "$python" -c 'import matplotlib, h5py' >/dev/null 2>&1; then
    exec "$python" -B "$scripts/draw_all.py" "$@"
  fi
  [ "$python" != "${ZIPML_PYTHON:-}" ] || break
done
echo "zipml-plots: no Python here can import matplotlib and h5py; install python3-matplotlib and python3-h5py," \
  "or let ZIPML_PYTHON name one that can" >&2
exit 1
