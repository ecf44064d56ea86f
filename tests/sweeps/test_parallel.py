#!/usr/bin/env python3
"""Shards of a sweep under GNU parallel: python3 test_parallel.py ZIPML. Exit codes: 0 passed, 1 failed, 77 skipped."""

from sweep_case import SCRIPTS, Case, main, require_programs

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
    environment = dict(case.environment, ZIPML_PROGRAM=case.dying_program(f"2/{SHARDS}", "kill -9 $pid"))
    first = parallel(case, "broken", "--joblog", "jobs.log", check=False, env=environment)
    assert first.returncode == 1, f"one job must have failed: {first}"
    assert case.results("broken") & case.shard(2, SHARDS), "nothing of shard 2 was finished before"
    assert case.unfinished(SHARDS, "broken") == "2"
    before = case.folder.joinpath("jobs.log").read_text().splitlines()
    case.run("parallel", "--retry-failed", "--joblog", "jobs.log", env=environment)
    again = case.folder.joinpath("jobs.log").read_text().splitlines()[len(before):]
    assert len(again) == 1 and f"2/{SHARDS}" in again[0], again
    case.require_same("broken")


def wrong_use(case):
    """Each is refused with exit code 2 and a reason, and writes nothing."""
    for arguments, reason in [(("5", case.config), "outside a Slurm job array"),
                              (("4/3", case.config), "at most the number of shards"),
                              (("0/3", case.config), "1 <= I <= N"),
                              (("x/3", case.config), "1 <= I <= N"),
                              (("1/3", "no-such.json"), "no-such.json"),
                              (("",), "Usage")]:
        done = case.run(SCRIPTS / "sweep_shard.sh", *arguments, "--out", "wrong", check=False)
        assert done.returncode == 2 and reason in done.stderr, (arguments, done)
    absent = case.run(SCRIPTS / "sweep_shard.sh", "1/3", case.config, check=False,
                      env=dict(case.environment, ZIPML_PROGRAM="no/such/program"))
    assert absent.returncode == 2 and "no/such/program: no such program" in absent.stderr, absent
    few = case.run(SCRIPTS / "unfinished_shards.sh", case.config, check=False)
    assert few.returncode == 2 and "the number of shards comes first" in few.stderr, few
    assert not (case.folder / "wrong").exists()


def test(program, folder):
    require_programs("parallel", "bash")
    case = Case(program, folder, epochs=100)
    one_folder(case)
    folder_a_shard(case)
    killed_shard(case)
    wrong_use(case)


if __name__ == "__main__":
    main(test, "shards under GNU parallel")
