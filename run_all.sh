#!/usr/bin/env bash
# Set-up and main job in one command: installs what is missing, builds, runs every figure's config, draws the
# figures and prints the verdicts. With --test: the same set-up, then the tests.
set -euo pipefail

usage() {
  cat <<'EOF'
Usage: ./run_all.sh [options]

Installs missing Debian packages, builds into build/, runs every config of configs/figures/, draws every figure,
prints the verdicts and writes them with the figures into one page, OUT/report.html. Finished runs are not repeated.

  --test            same set-up, then build and run the tests instead of the figures
  --bench           same set-up, then measure how fast low precision is on this CPU, and draw it; minutes at quick
                    scale (256 MiB a data set at float32), longer and up to 12 GiB of memory at paper scale (1 GiB)
  --scale SCALE     quick (default, minutes) or paper (hours)
  --only LIST       only these figures, for instance --only fig4,fig8
  --data-dir DIR    folder with the real data sets (default: $ZIPML_DATA_DIR; without it: generated data)
  --out DIR         where results and figures go (default: results)
  --jobs N          runs side by side (default: one a CPU)
  --shard I/N       only the I-th of N parts of the runs; figures and verdicts are left out
  --with-torch      build the part that trains networks (fig7b), and install LibTorch for it (libtorch-dev, 527 MiB);
                    without this option fig7b is skipped, and the run says so
  --no-install      refuse instead of installing missing packages
  --help            this text

ZIPML_PYTHON names the Python for the figures; otherwise one that can import matplotlib and h5py is looked for.
ZIPML_BUILD_DIR names another build folder.
EOF
}

fail() {
  echo "run_all.sh: $1" >&2
  exit "${2:-2}"
}

cd "$(dirname "${BASH_SOURCE[0]}")"
caller_dir=$OLDPWD

packages=(g++ cmake ninja-build pkg-config libboost-program-options-dev nlohmann-json3-dev libhdf5-dev libssl-dev
  zlib1g-dev libbz2-dev liblzma-dev libhwy-dev python3 python3-matplotlib python3-h5py)
torch_package=libtorch-dev
test_packages=(catch2 librapidcheck-dev gzip bzip2 xz-utils dpkg-dev groff-base)
bench_packages=(libbenchmark-dev libopenblas-dev liblinear-dev python3-sklearn)

torch=no
mode=figures scale=quick only='' data_dir=${ZIPML_DATA_DIR:-} out=results jobs='' shard='' install=yes

# A relative path on the command line is relative to where the user stands.
from_caller() { case $1 in /*) echo "$1" ;; *) echo "$caller_dir/$1" ;; esac; }

while [ $# -gt 0 ]; do
  option=$1
  case $option in
    --test) mode='test' ;;
    --bench) mode=bench ;;
    --no-install) install=no ;;
    --with-torch) torch=yes ;;
    --help | -h) usage && exit 0 ;;
    --scale | --only | --data-dir | --out | --jobs | --shard)
      [ -n "${2:-}" ] || fail "$option needs a value; see --help"
      case $option in
        --scale) scale=$2 ;;
        --only) only=$2 ;;
        --data-dir) data_dir=$(from_caller "$2") ;;
        --out) out=$(from_caller "$2") ;;
        --jobs) jobs=$2 ;;
        --shard) shard=$2 ;;
      esac
      shift
      ;;
    *) fail "unknown option '$option'; see --help" ;;
  esac
  shift
done

case $scale in quick | paper) ;; *) fail "--scale: found '$scale'; allowed: quick, paper" ;; esac
[ -z "$data_dir" ] || [ -d "$data_dir" ] || fail "--data-dir: no folder '$data_dir'"

configs=()
add_config() { # each once
  case " ${configs[*]-} " in *" $1 "*) ;; *) configs+=("$1") ;; esac
}
if [ -n "$only" ]; then
  IFS=, read -ra wanted <<<"$only"
  for figure in "${wanted[@]}"; do
    parts=''
    case $figure in # made of other figures' results
      fig1) parts='fig1c fig4 fig5 fig7b fig9' ;;
      fig2) parts='fig1c fig4 fig5 fig7b fig9 fig11 fig12 precision_sweep' ;;
    esac
    for part in $parts; do
      [ ! -f "configs/figures/$part.json" ] || add_config "configs/figures/$part.json"
    done
    [ -z "$parts" ] || continue
    [ -f "configs/figures/$figure.json" ] ||
      fail "--only: no figure '$figure'; allowed: fig1 fig2 $(cd configs/figures && printf '%s ' *.json | sed 's/\.json//g')"
    add_config "configs/figures/$figure.json"
  done
else
  configs=(configs/figures/*.json)
fi

install_packages() {
  command -v dpkg-query >/dev/null || return 0 # another system: CMake will say what it misses
  local needed=("${packages[@]}") missing=() package
  [ "$mode" != test ] || needed+=("${test_packages[@]}")
  [ "$mode" != bench ] || needed+=("${bench_packages[@]}")
  [ "$torch" != yes ] || needed+=("$torch_package")
  for package in "${needed[@]}"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  [ "$install" = yes ] || fail "missing packages: ${missing[*]} (not installed, because of --no-install)" 1
  echo "Installing missing packages: ${missing[*]}" >&2
  local sudo=()
  [ "$(id -u)" -eq 0 ] || sudo=(sudo)
  if ! "${sudo[@]}" apt-get update -q >&2 ||
    ! "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}" >&2; then
    fail "could not install: ${missing[*]}" 1
  fi
}

find_python() {
  local candidate
  for candidate in ${ZIPML_PYTHON:+"$ZIPML_PYTHON"} /usr/bin/python3 python3 python; do
    if "$candidate" -c 'import matplotlib, h5py' >/dev/null 2>&1; then
      echo "$candidate"
      return 0
    fi
    [ "$candidate" != "${ZIPML_PYTHON:-}" ] || fail "ZIPML_PYTHON: '$candidate' cannot import matplotlib and h5py"
  done
  fail "no Python here can import matplotlib and h5py; install python3-matplotlib and python3-h5py, or set ZIPML_PYTHON" 1
}

install_packages
python=$(find_python)
build=${ZIPML_BUILD_DIR:-build}
build_torch=OFF
[ "$torch" != yes ] || build_torch=ON
build_tests=OFF build_benchmarks=OFF targets=()
[ "$mode" != test ] || build_tests=ON
[ "$mode" != bench ] || build_benchmarks=ON targets=(--target zipml_bench)

mkdir -p "$build"
cmake -S . -B "$build" -G Ninja -DCMAKE_BUILD_TYPE="${CMAKE_BUILD_TYPE:-Release}" -DZIPML_BUILD_TESTS=$build_tests \
  -DZIPML_WITH_TORCH=$build_torch -DZIPML_BUILD_BENCHMARKS=$build_benchmarks \
  -DZIPML_PYTHON="$python" ${CI:+-DZIPML_WERROR=ON} >"$build/configure.log" 2>&1 ||
  { cat "$build/configure.log" >&2 && fail "configuring failed" 1; }
cmake --build "$build" "${targets[@]}" || fail "the build failed" 1

if [ "$mode" = test ]; then
  [ -z "$data_dir" ] || export ZIPML_DATA_DIR=$data_dir
  exec ctest --test-dir "$build" --output-on-failure --no-tests=error
fi

if [ "$mode" = bench ]; then
  megabytes=256
  [ "$scale" = quick ] || megabytes=1024
  mkdir -p "$out"
  status=0
  "$build/zipml_bench" --megabytes $megabytes --json "$out/bench.json" --python "$python" || status=$?
  [ $status -le 1 ] || exit $status
  "$python" plots/bench.py --results "$out/bench.json" --out "$out/figures" || status=1
  exit $status
fi

run=("$build/zipml" run "${configs[@]}" --scale "$scale" --out "$out")
[ -z "$data_dir" ] || run+=(--data-dir "$data_dir")
[ -z "$jobs" ] || run+=(--jobs "$jobs")
[ -z "$shard" ] || run+=(--shard "$shard")
status=0
"${run[@]}" || status=$?
[ $status -le 1 ] || exit $status
[ -z "$shard" ] || exit $status

"$build/zipml" report "$out" --format json >"$out/verdicts.json" || status=1 # for the table of figure 1
"$python" plots/draw_all.py --results "$out" --out "$out/figures" ${only:+--only "$only"} || status=1
"$build/zipml" report "$out" || status=1
if "$build/zipml" report "$out" --format html --output "$out/report.html"; then
  echo "The report with its figures, on one page: $out/report.html" >&2
else
  status=1
fi
exit $status
