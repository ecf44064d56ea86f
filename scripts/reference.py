#!/usr/bin/env python3
"""The reference report: results/reference/reference.json, and what README.md and docs/results.md say by it.

  scripts/reference.py make FOLDER...   results -> reference.json, then what `render` does
  scripts/reference.py render           reference.json -> README.md, docs/results.md, results/reference/README.md
  scripts/reference.py check            exit 1 unless claims, configs and texts are those of the reference
  scripts/reference.py stale            list the figures as stale whose config has changed, and new or changed claims as not run;
                                        then what `render` does

docs/report.md says more. Needs only Python's own library.
"""

import argparse
import datetime
import subprocess
import sys
import tempfile
from pathlib import Path

import reference_data as data
import reference_text as text

ROOT = Path(__file__).resolve().parents[1]

ABOUT = """# The reference report

What our runs said about every claim of the paper, at the scale and from the program named below; verdicts as they fell.
[reference.json](reference.json) has every claim with value, interval, verdict, seeds, scale, data set, commands and the hash of the
ids of its runs; a run's id is itself a hash of its resolved config and of its data files.
[docs/results.md](../../docs/results.md) shows the claims as tables, with what we learned from them; [docs/claims.md](../../docs/claims.md)
defines values, intervals and verdicts. The results themselves (HDF5) are not kept here: `zipml run` makes them again, bit for bit, timed
runs and networks excepted.

To cite it: zipml {version}, reference report of {date}, made at commit {commits}. {summary}

`config hash` is of all that decides which runs a figure's config stands for. A figure is listed as stale if its config has changed since,
or if it cannot be told which one it was made from. CI compares.

"""


def outputs(reference, root):
    """Path and text of every file that follows from the reference, and the sentences that it contradicts."""
    narrative = text.Narrative(reference)
    template = (root / "docs/results.md.in").read_text(encoding="utf-8")
    about = ABOUT.format(version=", ".join(sorted({one["zipml_version"] for one in reference["environments"]})) or "-",
                         date=reference["date"], commits=", ".join(text.commits_of(reference)) or "-",
                         summary=f"{len(reference['claims'])} claims: {text.count_text(reference['claims'])}.")
    readme = (root / "README.md").read_text(encoding="utf-8")
    made = (f"{len(reference['claims'])} claims: {text.count_text(reference['claims'])}.\n\n{text.headline_table(reference)}\n"
            f"{text.figure_table(reference)}")
    files = {
        "README.md": text.between_markers(readme, made, "README.md"),
        "docs/results.md": narrative.fill(template),
        "results/reference/README.md": about + text.provenance_tables(reference),
    }
    return files, narrative.problems


def render(reference, root):
    files, problems = outputs(reference, root)
    for name, content in files.items():
        (root / name).write_text(content, encoding="utf-8")
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


def write(reference, root):
    path = root / data.FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(data.text_of(reference), encoding="utf-8")


def make(options):
    date = options.date or datetime.datetime.now(datetime.timezone.utc).date().isoformat()
    reference, skipped = data.make(options.zipml, options.folders, options.root, date)
    if skipped:
        print(skipped, file=sys.stderr)
    write(reference, options.root)
    print(f"{data.FILE}: {len(reference['claims'])} claims: {text.count_text(reference['claims'])}", file=sys.stderr)
    return render(reference, options.root)


def program_claims(options):
    with tempfile.TemporaryDirectory() as empty:
        return data.program_report(options.zipml, [empty], "json")[0]


def stale(options):
    reference = data.load(options.root)
    data.take_claims(reference, program_claims(options))
    data.mark_stale(reference, options.root)
    write(reference, options.root)
    return render(reference, options.root)


def check(options):
    reference = data.load(options.root)
    problems = data.problems_of_claims(reference, program_claims(options))
    problems += data.problems_of_findings(reference)
    problems += data.problems_of_configs(reference, options.root)
    if data.text_of(reference) != (options.root / data.FILE).read_text(encoding="utf-8"):
        problems.append(f"{data.FILE}: not in the form that scripts/reference.py writes")
    if not problems:
        files, problems = outputs(reference, options.root)
        for name, content in files.items():
            path = options.root / name
            if not path.is_file() or path.read_text(encoding="utf-8") != content:
                problems.append(f"{name}: not what `scripts/reference.py render` makes")
    for problem in problems:
        print(problem, file=sys.stderr)
    if problems:
        print("The reference report does not fit this checkout. Results at hand: scripts/reference.py make FOLDER. Config or claims "
              "changed, no results: scripts/reference.py stale. Texts changed: scripts/reference.py render.", file=sys.stderr)
    return 1 if problems else 0


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["make", "render", "check", "stale"])
    parser.add_argument("folders", nargs="*", type=Path, help="make: folders that `zipml run --out` wrote")
    parser.add_argument("--zipml", type=Path, default=ROOT / "build/zipml", help="make, check, stale: the program (default: build/zipml)")
    parser.add_argument("--date", help="make: of the reference (default: today, UTC)")
    parser.add_argument("--root", type=Path, default=ROOT, help="the checkout (default: this one)")
    options = parser.parse_intermixed_args(argv)
    if bool(options.folders) != (options.what == "make"):
        parser.error("make needs folders with results" if options.what == "make" else f"{options.what} takes no folder")
    try:
        if options.what == "render":
            return render(data.load(options.root), options.root)
        return {"make": make, "check": check, "stale": stale}[options.what](options)
    except (data.Failure, OSError, subprocess.SubprocessError) as failure:
        print(f"scripts/reference.py: {failure}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
