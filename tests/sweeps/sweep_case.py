"""What the tests of shards share: a small sweep, where its runs go, and whether two folders are the same."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SKIPPED = 77
REPOSITORY = Path(__file__).resolve().parents[2]
SCRIPTS = REPOSITORY / "scripts"
RUNS = 18
# Longer than any step takes on a machine that does much else; a test that waits as long has failed.
PATIENCE = 240


class Skip(Exception):
    """The test cannot start here; the text says why."""


def config(epochs):
    return {
        "name": "sweep", "about": "a sweep for tests",
        "dataset": {"kind": "synthetic", "features": 50, "train_rows": 4000, "test_rows": 100},
        "preprocess": {"features": "standardize", "intercept": True},
        "model": {"kind": "least_squares"},
        "solver": {"kind": "sgd", "epochs": epochs, "batch": 16, "alpha": "tune", "tune_grid": [0.01, 0.1]},
        "seeds": 6,
        "sweep": {"series": [
            {"name": "32-bit", "set": {"/precision/samples": {"kind": "full"}}},
            {"name": "DS 4-bit", "set": {"/precision/samples": {"kind": "double_sampling", "bits": 4}}},
            {"name": "naive 2-bit", "set": {"/precision/samples": {"kind": "naive", "bits": 2}}}]},
    }


class Case:
    """A temporary folder with the sweep's config; the program; and what one machine makes of it in `single`."""

    def __init__(self, program, folder, epochs):
        self.program, self.folder = program, folder
        self.config = folder / "sweep.json"
        self.config.write_text(json.dumps(config(epochs)))
        self.environment = dict(os.environ, ZIPML_PROGRAM=program)
        self.zipml("run", self.config, "--out", folder / "single")

    def run(self, *command, check=True, **options):
        options = {"env": self.environment, "cwd": self.folder, "timeout": PATIENCE, **options}
        done = subprocess.run([str(word) for word in command], capture_output=True, text=True, **options)
        if check and done.returncode != 0:
            raise AssertionError(f"{command} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        return done

    def zipml(self, *arguments, check=True):
        return self.run(self.program, *arguments, check=check)

    def results(self, out):
        return {path.stem for path in (self.folder / out).glob("sweep/*.h5")}

    def shard(self, shard, count):
        """Ids of the runs of one shard."""
        plan = self.zipml("run", self.config, "--out", "nothing", "--dry-run", "--shard", f"{shard}/{count}").stdout
        return {line.split("\t")[0] for line in plan.splitlines()[1:]}

    def unfinished(self, count, out):
        return self.run(SCRIPTS / "unfinished_shards.sh", count, self.config, "--out", out).stdout.strip()

    def dying_program(self, shard, ending):
        """A program in whose place the shell code `ending` acts, once, on the process $pid that works on the shard. Some
        of the shard's runs are finished by then, and others are not, however fast or slow the machine is."""
        program, once = self.folder / "dying_program.sh", self.folder / "died"
        program.write_text(f"""#!/bin/sh
case " $* " in
  *" --shard {shard} "*)
    if [ ! -e "{once}" ]; then
      : >"{once}"
      "{self.program}" "$@" --seeds 3 || exit 1
      "{self.program}" "$@" & pid=$!
      sleep 0.05
      {ending}
      wait $pid
      exit 137
    fi ;;
esac
exec "{self.program}" "$@"
""")
        program.chmod(0o755)
        return str(program)

    def require_same(self, out):
        compared = self.zipml("report", "--compare", "single", out).stdout
        expected = f"{RUNS} equal, 0 differ, 0 differ and are not reproducible, 0 only in the first, 0 only in the second"
        assert expected in compared and "\nthe same, bit for bit" in compared, compared
        left = [path for path in (self.folder / out).rglob("*.part")]
        assert not left, f"left behind: {left}"


def wait_until(what, condition):
    """Waits for the condition; its value."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError(f"waited in vain for: {what}")


def require_programs(*names):
    missing = [name for name in names if not shutil.which(name)]
    if missing:
        raise Skip(f"not installed: {', '.join(missing)}")


def main(test, name):
    """Runs test(program, folder) in a folder of its own and ends the program with ctest's exit code."""
    if len(sys.argv) != 2:
        sys.exit(f"usage: {sys.argv[0]} ZIPML")
    program = str(Path(sys.argv[1]).resolve())
    with tempfile.TemporaryDirectory(prefix="zipml-") as folder:
        try:
            test(program, Path(folder))
        except Skip as reason:
            print(f"skipped: {name}: {reason}")
            sys.exit(SKIPPED)
        except (AssertionError, subprocess.SubprocessError) as error:
            print(f"FAILED: {error}")
            sys.exit(1)
    print("passed")
