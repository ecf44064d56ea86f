"""The reference report as data: made from what `zipml report` says, read, and held against the program and the configs."""

import hashlib
import json
import re
import subprocess
from pathlib import Path

SCHEMA = 1
FILE = Path("results/reference/reference.json")
VERDICTS = ["holds", "fails", "undecided", "not run"]
# What a claim states, and what the runs said about it.
STATED = ["figure", "claim", "paper_dataset", "paper", "unit"]
FOUND = ["verdict", "value", "low", "high", "value_text", "interval_text", "seeds", "to_decide", "dataset", "stand_in", "scale", "runs",
         "runs_hash", "commits", "commands", "note"]


class Failure(Exception):
    """What the user must know; the message says all."""


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def short_hash(text):
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def key(claim):
    return claim["figure"], claim["claim"], claim["paper_dataset"]


def scales_of(claim):
    """"paper", "quick", both (figures made of others' results) or none."""
    return claim["scale"].split(" and ") if claim["scale"] else []


# --- configs ---------------------------------------------------------------------------------------------------------


def _without_quick(value):
    if isinstance(value, dict):
        return {name: _without_quick(member) for name, member in value.items() if name != "quick"}
    return [_without_quick(member) for member in value] if isinstance(value, list) else value


def _with_files(value, name, read):
    """Texts that name another config file (boards) become what that file holds."""
    if isinstance(value, dict):
        return {member: _with_files(inner, name, read) for member, inner in value.items()}
    if isinstance(value, list):
        return [_with_files(inner, name, read) for inner in value]
    if isinstance(value, str) and value.startswith("../") and value.endswith(".json"):
        return _without_words(json.loads(read("configs/" + value[3:])))
    return value


def _without_words(config):
    return {name: member for name, member in config.items() if name not in ("about", "figure")}


def config_hash(figure, scale, read):
    """Hash of all that decides which runs configs/figures/FIGURE.json stands for; `read` gives a file's text or None. Words for
    readers and, at paper scale, what only quick scale uses do not count."""
    text = read(f"configs/figures/{figure}.json")
    if text is None:
        return None
    config = _without_words(json.loads(text))
    if scale == "paper":
        config = _without_quick(config)
    return short_hash(canonical(_with_files(config, figure, read)))


def reader_of_folder(root):
    def read(name):
        path = Path(root) / name
        return path.read_text(encoding="utf-8") if path.is_file() else None

    return read


def reader_of_commit(root, commit):
    """Files as they were committed; None where the commit is not known here or has no such file."""

    def read(name):
        done = subprocess.run(["git", "-C", str(root), "show", f"{commit}:{name}"], capture_output=True, text=True, check=False)
        return done.stdout if done.returncode == 0 else None

    return read


# --- making it -------------------------------------------------------------------------------------------------------


def program_report(zipml, folders, form):
    done = subprocess.run([str(zipml), "report", *map(str, folders), "--format", form], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Failure(f"{zipml} report: exit code {done.returncode}: {done.stderr.strip()}")
    return json.loads(done.stdout), done.stderr.strip()


def _rounded(value):
    return float(f"{value:.6g}") if isinstance(value, float) else value


def _claim(reported):
    claim = {name: reported[name] for name in STATED}
    ids = sorted(reported["runs"])
    more = {
        "to_decide": reported["seeds_to_decide"],
        "runs": len(ids),
        "runs_hash": short_hash(" ".join(ids)) if ids else "",
        "commits": sorted(reported["commits"]),
        "commands": reported["commands"] if ids else [],
    }
    for name in FOUND:
        claim[name] = _rounded(more[name] if name in more else reported[name])
    return claim


def _hashes(claims, root):
    """Of each config and scale that the runs used were made from the hash, and why there is none if there is none."""
    hashes = {}
    for claim in claims:
        for scale in scales_of(claim):
            for name in re.findall(r"configs/figures/([a-z0-9_-]+)\.json", " ".join(claim["commands"])):
                hashes.setdefault(f"{name} {scale}", set()).update((name, scale, commit) for commit in claim["commits"])
    for label, used in hashes.items():
        uncommitted = sorted(commit for _, _, commit in used if "-dirty" in commit)
        if uncommitted:
            return {}, f"runs of a tree with changes that were not committed ({', '.join(uncommitted)})"
        found = {config_hash(name, scale, reader_of_commit(root, commit)) for name, scale, commit in used}
        if len(found) > 1 or None in found:
            return {}, f"its runs are not of one config that is known here: commits {', '.join(sorted(used_by[2] for used_by in used))}"
        hashes[label] = found.pop()
    return dict(sorted(hashes.items())), ""


def make(zipml, folders, root, date):
    """The reference of the results in the folders. Also what it could not use, one text a file."""
    report, problems = program_report(zipml, folders, "json-full")
    claims = [_claim(claim) for claim in report["claims"]]
    if any("--set" in command for claim in claims for command in claim["commands"]):
        raise Failure("some runs were made with --set; the reference is of the configs as they are")
    figures = []
    for name in dict.fromkeys(claim["figure"] for claim in claims):
        own = [claim for claim in claims if claim["figure"] == name]
        hashes, why = _hashes(own, root)
        commits = sorted({commit for claim in own for commit in claim["commits"]})
        figures.append({"name": name, "commits": commits, "config_hash": hashes, "stale": why})
    used = {commit for figure in figures for commit in figure["commits"]}
    reference = {
        "schema": SCHEMA,
        "date": date,
        "environments": [one for one in report["environments"] if one["git_commit"] in used],
        "data": report["data"],
        "figures": figures,
        "claims": claims,
    }
    mark_stale(reference, root)
    return reference, problems


def take_claims(reference, program_claims):
    """Makes the claims those of the program: what it states anew was not run, what it no longer states goes."""
    before = {key(claim): claim for claim in reference["claims"]}
    claims = []
    for reported in program_claims:
        old = before.get(key(reported))
        claims.append(old if old and all(old[name] == reported[name] for name in STATED) else _claim(reported))
    figures = {figure["name"]: figure for figure in reference["figures"]}
    reference["claims"] = claims
    reference["figures"] = [figures.get(name, {"name": name, "commits": [], "config_hash": {}, "stale": ""})
                            for name in dict.fromkeys(claim["figure"] for claim in claims)]


def mark_stale(reference, root):
    """Lists the figures whose config is no longer the one they were made from. Those that were listed for another reason stay."""
    read = reader_of_folder(root)
    for figure in reference["figures"]:
        today = {label: config_hash(*label.split(), read) for label in figure["config_hash"]}
        if today != figure["config_hash"]:
            figure["stale"] = "the config has changed since"
        elif figure["config_hash"]:
            figure["stale"] = ""


# --- the file --------------------------------------------------------------------------------------------------------


def text_of(reference):
    """JSON with one line a claim, figure, environment and data set: a change shows as the lines it concerns."""
    parts = []
    for name, value in reference.items():
        if isinstance(value, list):
            lines = ",\n".join("  " + json.dumps(one, ensure_ascii=False) for one in value)
            parts.append(f'"{name}": [\n{lines}\n]' if value else f'"{name}": []')
        else:
            parts.append(f'"{name}": {json.dumps(value)}')
    return "{\n" + ",\n".join(parts) + "\n}\n"


def load(root):
    path = Path(root) / FILE
    try:
        reference = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Failure(f"{FILE}: no such file; `scripts/reference.py make FOLDER` makes it") from None
    except ValueError as error:
        raise Failure(f"{FILE}: not JSON: {error}") from None
    if reference.get("schema") != SCHEMA:
        raise Failure(f"{FILE}: schema {reference.get('schema')}; this script reads {SCHEMA}")
    return reference


# --- is it still of this program and these configs? ------------------------------------------------------------------


def problems_of_claims(reference, program_claims):
    """A line for everything in which the reference's claims are not the program's."""
    ours = {key(claim): claim for claim in reference["claims"]}
    theirs = {key(claim): claim for claim in program_claims}
    lines = [f"{name[0]}: the program has a claim that the reference lacks: {name[1]} ({name[2]})" for name in theirs if name not in ours]
    lines += [f"{name[0]}: the program has no longer the claim: {name[1]} ({name[2]})" for name in ours if name not in theirs]
    for name, claim in ours.items():
        for member in STATED:
            if name in theirs and claim[member] != theirs[name][member]:
                lines.append(f"{name[0]}: {name[1]}: {member} is {claim[member]!r} in the reference and "
                             f"{theirs[name][member]!r} in the program")
    if not lines and list(ours) != list(theirs):
        lines.append("the claims are the program's in another order")
    if len(ours) != len(reference["claims"]):
        lines.append("the reference has a claim twice")
    return lines


def problems_of_findings(reference):
    lines = []
    for claim in reference["claims"]:
        where = f"{claim['figure']}: {claim['claim']}"
        if claim["verdict"] not in VERDICTS:
            lines.append(f"{where}: verdict {claim['verdict']!r}")
        # The other way round is right: runs may lack what a claim needs, such as all rows.
        if claim["verdict"] != "not run" and (claim["value_text"] in ("", "-") or not claim["runs"]):
            lines.append(f"{where}: {claim['verdict']}, with {claim['runs']} runs and the value {claim['value_text']!r}")
        if claim["runs"] and not (claim["scale"] and claim["commands"] and claim["runs_hash"] and claim["seeds"]):
            lines.append(f"{where}: the scale, the seeds, the command or the hash of its runs is missing")
    return lines


def problems_of_configs(reference, root):
    """Figures whose config has changed and which are not listed as stale, or the other way round."""
    before = {figure["name"]: figure["stale"] for figure in reference["figures"]}
    again = json.loads(json.dumps(reference))
    mark_stale(again, root)
    now = {figure["name"]: figure["stale"] for figure in again["figures"]}
    return [f"{name}: stale is {before[name]!r} in the reference and {now[name]!r} by today's config" for name in before
            if before[name] != now[name]]
