#!/usr/bin/env bash
# test_install.sh BUILD PYTHON: installs BUILD into a prefix and, where the tools are there, into a .deb that is unpacked;
# then, from another folder and with nothing but the installed files: a run, figures, a report, completion, the manual.
set -euo pipefail
build=$(realpath "$1")
export ZIPML_PYTHON=$2
source=$(realpath "$(dirname "${BASH_SOURCE[0]}")/../..")
unset ZIPML_DATA_DIR ZIPML_PLOTS
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

fail() {
  echo "FAILED: $1" >&2
  exit 1
}

# check_installed PREFIX
check_installed() {
  local prefix=$1 file
  for file in bin/zipml bin/zipml-plots share/zipml/configs/figures/fig8.json share/zipml/configs/fpga/harp.json \
    share/zipml/configs/schema.json share/zipml/plots/draw_all.py share/bash-completion/completions/zipml \
    share/man/man1/zipml.1.gz share/man/man1/zipml-plots.1.gz share/man/man1/zipml-run.1.gz share/doc/zipml/claims.md share/doc/zipml/copyright \
    share/doc/zipml/tutorials/reproduce-a-figure.md; do
    [ -s "$prefix/$file" ] || fail "$prefix/$file is not installed"
  done
  for file in $(cd "$source" && ls configs/figures/*.json plots/*.py); do
    cmp -s "$source/$file" "$prefix/share/zipml/$file" || fail "share/zipml/$file is not $file"
  done
  ! grep -rIlF -e "$source" -e "$build" "$prefix" || fail "an installed text names the folder it was built in"
  ! grep -qF "$source" "$prefix/bin/zipml" || fail "the installed program names the folder it was built in"

  rm -rf "$scratch/elsewhere" && mkdir "$scratch/elsewhere" && cd "$scratch/elsewhere"
  export PATH=$prefix/bin:/usr/bin:/bin
  [ "$(command -v zipml)" = "$prefix/bin/zipml" ] || fail "zipml is not the installed one"
  zipml run fig14 --out results 2>run.log || { cat run.log >&2 && fail "zipml run"; }
  grep -qF "fig14: $prefix/share/zipml/configs/figures/fig14.json" run.log || fail "run does not say where fig14 is"
  zipml validate figures/fig8.json configs/figures/fig5.json >/dev/null 2>&1 || fail "other names of a config"
  zipml fpga harp_q4 --features 90 --rows 128 --platform harp >/dev/null 2>&1 || fail "a platform by its name"
  zipml-plots --results results --out results/figures --only fig14 || fail "zipml-plots"
  "$ZIPML_PYTHON" -B "$prefix/share/zipml/plots/draw_all.py" --results results --out again --only fig14
  for file in results/figures/fig14.png again/fig14.png; do
    [ -s "$file" ] || fail "no figure was drawn: $file"
  done
  zipml compare --distribution normal:0,1 --count 500 --bits 2 --levels uniform --plot compare.png >/dev/null
  [ -s compare.png ] || fail "zipml compare --plot drew nothing"
  zipml report results --format html --output report.html || fail "zipml report"
  grep -q 'fig14' report.html || fail "the report lacks fig14"

  # Completion as bash loads it, and the manual as man finds it.
  [ "$(bash --norc -c "source '$prefix/share/bash-completion/completions/zipml'
    COMP_WORDS=(zipml run fig14) COMP_CWORD=2; _zipml; echo \"\${COMPREPLY[*]}\"")" = fig14 ] || fail "completion"
  gzip -dc "$prefix/share/man/man1/zipml-run.1.gz" | cmp - <(zipml help run --man) || fail "the manual is of another program"
  local command
  for command in $(zipml --complete '' | grep -v '^-'); do
    [ -s "$prefix/share/man/man1/zipml-$command.1.gz" ] || fail "no man page of $command"
  done
  cd "$scratch"
}

echo "== cmake --install"
cmake --install "$build" --prefix "$scratch/first" >"$scratch/install.log" || { cat "$scratch/install.log" && exit 1; }
mv "$scratch/first" "$scratch/moved" # an installation may be moved as a whole
check_installed "$scratch/moved"

echo "== a program without its files says so"
mkdir -p "$scratch/alone/bin" && cp "$scratch/moved/bin/zipml" "$scratch/alone/bin/"
if "$scratch/alone/bin/zipml" validate fig8 2>"$scratch/alone.log"; then fail "fig8 was found by a program that is alone"; fi
grep -qx 'fig8: no such file, and no config of this name' "$scratch/alone.log" || fail "$(cat "$scratch/alone.log")"

if ! command -v dpkg-shlibdeps >/dev/null || ! command -v objdump >/dev/null || ! command -v dpkg-deb >/dev/null; then
  echo "skipped: the .deb, as dpkg-shlibdeps or dpkg-deb is missing"
  exit 0
fi
echo "== cpack, .deb"
cd "$scratch"
cpack --config "$build/CPackConfig.cmake" -B "$scratch/deb" >"$scratch/cpack.log" 2>&1 || { cat "$scratch/cpack.log" && exit 1; }
deb=$(echo "$scratch"/deb/zipml_*.deb)
dpkg-deb -f "$deb" Depends | tr ',' '\n' | sed 's/^ *//; s/ .*//' | sort >"$scratch/depends"
# The packages of the libraries that the program itself asks for.
for library in $(objdump -p "$scratch/moved/bin/zipml" | awk '$1 == "NEEDED" {print $2}'); do
  path=$(ldd "$scratch/moved/bin/zipml" | awk -v name="$library" '$1 == name {print $3}')
  [ -n "$path" ] || continue # the loader itself
  package=$(dpkg -S "$(realpath "$path")" 2>/dev/null || dpkg -S "$path") && package=${package%%:*}
  grep -qx "$package" "$scratch/depends" || fail "the .deb does not depend on $package for $library"
done
grep -q '^libhdf5' "$scratch/depends" || fail "the .deb depends on $(tr '\n' ' ' <"$scratch/depends")"
dpkg-deb -f "$deb" Recommends | grep -q python3-matplotlib || fail "the .deb does not recommend python3-matplotlib"
dpkg-deb -x "$deb" "$scratch/unpacked"
check_installed "$scratch/unpacked/usr"
echo "all well"
