#!/usr/bin/env python3
"""Shards of a sweep under GNU parallel: python3 test_parallel.py ZIPML. Exit codes: 0 passed, 1 failed, 77 skipped."""

import os
import signal
import subprocess

from sweep_case import SCRIPTS, Case, Skip, main, require_programs, wait_until

SHARDS = 3


def parallel(case, out, *options, **more):
    return case.run("parallel", "--jobs", 2, *options, SCRIPTS / "sweep_shard.sh", f"{{}}/{SHARDS}", case.config,
                    "--out", out, ":::", *range(1, SHARDS + 1), **more)


def one_folder(case):
    parallel(case, "shared")
    case.require_same("shared")
    assert case.unfinished(SHARDS, "shared") == ""


def folder_a_shard(case):
    parallel(case, "part-{}")
    parts = [case.results(f"part-{shard}") for shard in range(1, SHARDS + 1)]
    assert parts == [case.shard(shard, SHARDS) for shard in range(1, SHARDS + 1)]
    case.zipml("merge", "merged", *(f"part-{shard}" for shard in range(1, SHARDS + 1)))
    case.require_same("merged")


def killed_shard(case):
    """The second shard's program is killed; parallel names it as failed, and does it alone when asked again."""
    killer = case.folder / "killed_once.sh"
    killer.write_text(f"""#!/bin/sh
# The first time as shard 2 the program is killed after its first result.
case "$* " in *"--shard 2/"*) [ -e "{case.folder}/killed" ] || {{
  : >"{case.folder}/killed"
  "{case.program}" "$@" & pid=$!
  while ! ls "{case.folder}"/broken/sweep/*.h5 >/dev/null 2>&1; do sleep 0.01; done
  kill -9 $pid; wait $pid; exit 137; }} ;;
esac
exec "{case.program}" "$@"
""")
    killer.chmod(0o755)
    environment = dict(case.environment, ZIPML_PROGRAM=str(killer))
    first = parallel(case, "broken", "--joblog", "jobs.log", check=False, env=environment)
    assert first.returncode == 1, f"one job must have failed: {first}"
    assert case.unfinished(SHARDS, "broken") == "2"
    before = case.folder.joinpath("jobs.log").read_text().splitlines()
    case.run("parallel", "--retry-failed", "--joblog", "jobs.log", env=environment)
    again = case.folder.joinpath("jobs.log").read_text().splitlines()[len(before):]
    assert len(again) == 1 and f"2/{SHARDS}" in again[0], again
    case.require_same("broken")


def test(program, folder):
    require_programs("parallel", "bash")
    case = Case(program, folder, epochs=10)
    one_folder(case)
    folder_a_shard(case)
    killed_shard(case)


if __name__ == "__main__":
    main(test, "shards under GNU parallel")
