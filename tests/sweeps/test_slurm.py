#!/usr/bin/env python3
"""Shards of a sweep as Slurm job arrays: python3 test_slurm.py ZIPML. Exit codes: 0 passed, 1 failed, 77 skipped."""

from slurm_cluster import SlurmCluster
from sweep_case import SCRIPTS, Case, main, wait_until

SHARDS = 3


def submit(case, tasks, out, *options):
    """`sbatch` of the script as the documentation has it; the number of the job."""
    done = case.run("sbatch", "--parsable", f"--array={tasks}", *options, SCRIPTS / "sweep_shard.sh", SHARDS, case.config,
                    "--out", out, check="--wait" not in options)
    return done.stdout.strip().splitlines()[0], done.returncode


def logs_of(case, job):
    return "".join(path.read_text() for path in sorted(case.folder.glob(f"zipml-{job}_*.log")))


def one_folder(case):
    job, code = submit(case, f"1-{SHARDS}", "shared", "--wait")
    assert code == 0, logs_of(case, job)
    assert len(list(case.folder.glob(f"zipml-{job}_*.log"))) == SHARDS
    case.require_same("shared")


def folder_a_shard(case):
    job, code = submit(case, f"1-{SHARDS}", "part-{}", "--wait")
    assert code == 0, logs_of(case, job)
    for shard in range(1, SHARDS + 1):
        assert case.results(f"part-{shard}") == case.shard(shard, SHARDS)
    case.zipml("merge", "merged", *(f"part-{shard}" for shard in range(1, SHARDS + 1)))
    case.require_same("merged")


def killed_shard(case):
    """The second task is killed between two of its runs; the others end; it alone is submitted again."""
    own = case.shard(2, SHARDS)
    # It is stopped, so that it is still there when the signal comes.
    stopped = case.folder / "stopped"
    case.environment["ZIPML_PROGRAM"] = case.dying_program(f"2/{SHARDS}", f'kill -STOP $pid; : >"{stopped}"')
    job, _ = submit(case, f"1-{SHARDS}", "broken")
    wait_until("shard 2 to be half done", stopped.exists)
    case.run("scancel", "--signal=KILL", "--full", f"{job}_2")
    wait_until("the end of the array", lambda: not case.run("squeue", "--noheader", "--jobs", job, check=False).stdout)
    left = own - case.results("broken")
    assert left and left != own, f"{len(left)} of {len(own)} runs of shard 2 were left when it was killed"
    others = case.shard(1, SHARDS) | case.shard(3, SHARDS)
    assert others <= case.results("broken"), logs_of(case, job)
    assert case.unfinished(SHARDS, "broken") == "2"
    again, code = submit(case, case.unfinished(SHARDS, "broken"), "broken", "--wait")
    assert code == 0, logs_of(case, again)
    assert f"{len(left)} done, {len(own) - len(left)} skipped" in logs_of(case, again), logs_of(case, again)
    case.require_same("broken")


def wrong_use(case):
    """A shard that is not there fails its task, and says what is allowed."""
    job, code = submit(case, SHARDS + 1, "wrong", "--wait")
    assert code != 0
    assert "at most the number of shards" in logs_of(case, job), logs_of(case, job)
    assert not (case.folder / "wrong").exists()


def test(program, folder):
    with SlurmCluster(folder) as cluster:
        case = Case(program, folder, epochs=100)
        case.environment.update(cluster.environment)
        case.environment["ZIPML_PROGRAM"] = program
        try:
            one_folder(case)
            folder_a_shard(case)
            killed_shard(case)
            wrong_use(case)
        except AssertionError:
            print(cluster.logs())
            raise


if __name__ == "__main__":
    main(test, "shards as Slurm job arrays")
