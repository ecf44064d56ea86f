"""What README.md and docs/ say about the reference report: tables, and numbers within sentences."""

import re
import textwrap

from reference_data import VERDICTS, Failure

BEGIN = "<!-- made by scripts/reference.py: do not edit -->"
WIDTH = 120  # of the lines of filled text
END = "<!-- end of what scripts/reference.py made -->"

TITLES = {
    "fig1c": "tomography at 12 bits",
    "tomography_bits": "tomography, 2 to 16 bits",
    "fig2": "which channel binds",
    "bias": "rounding, naive and double sampling",
    "fig3": "optimal levels of a skewed feature",
    "fig4": "end to end, least squares and LS-SVM",
    "fig5": "loss against seconds, FPGA",
    "fig5_platform": "an FPGA epoch at other clocks and memory rates",
    "cpu_speedup": "loss against seconds, CPU",
    "fig6": "mini-batch size",
    "fig7a": "optimal levels on YearPrediction",
    "fig7b": "CIFAR-10 network with quantized weights",
    "fig8": "double sampling on six regression sets",
    "fig9": "SVM and logistic regression: Chebyshev against rounding",
    "fig9_bits": "the same at 2 to 8 stored bits",
    "bias_variance": "bias and noise of these estimators",
    "fig10": "optimal against uniform levels on six sets",
    "fig11": "end to end, LS-SVM",
    "fig12": "refetching",
    "fig13": "the float pipeline",
    "fig14": "the quantized pipelines",
    "precision_sweep": "seconds against bits, FPGA",
    "board": "the FPGA model against the authors' board",
    "fpga_numerics": "fixed point and staleness of the FPGA engines",
    "variance": "Lemma 1",
    "table1": "the data sets",
}

# The paper's main claims for README.md: figure, start of the claim, data set of the paper ("" where one has it).
HEADLINES = [
    ("bias", "4-bit double sampling ends", ""),
    ("bias", "the gap of deterministic rounding", ""),
    ("fig4", "(a) end-to-end 4-bit", ""),
    ("fig4", "(a) end to end reads", ""),
    ("fig11", "(a) end-to-end 3-bit", ""),
    ("fig8", "(c) 6-bit double sampling", ""),
    ("fig8", "bits needed grow", ""),
    ("fig10", "on the set where they gain most", ""),
    ("fig7a", "bits saved at equal loss", ""),
    ("fig6", "3-bit: batch 256 is at least as fast", ""),
    ("fig9", "ours: (c) SVM: 8-bit deterministic rounding ends at most", ""),
    ("fig12", "8-bit l1 refetching reads 6.23%", ""),
    ("fig5", "(a) FPGA: seconds until", ""),
    ("fig5", "(b) FPGA: seconds until", ""),
    ("fig7b", "Optimal5 ends with 5 points", ""),
    ("fig1c", "12 bits, end to end: PSNR", "Shepp-Logan"),
    ("fig1c", "12 bits, end to end: 2.6x", "Shepp-Logan"),
    ("cpu_speedup", "(a) ours: the same is 6.5", ""),
]


def find(reference, figure, start, dataset=""):
    """The one claim of the figure that begins like this."""
    found = [claim for claim in reference["claims"]
             if claim["figure"] == figure and claim["claim"].startswith(start) and dataset in claim["paper_dataset"]]
    if len(found) != 1:
        raise Failure(f"{len(found)} claims of {figure} begin with {start!r}" + (f" on {dataset}" if dataset else "") + "; one is needed")
    return found[0]


def title(figure):
    if figure not in TITLES:
        raise Failure(f"scripts/reference_text.py: TITLES lacks the figure {figure}")
    return TITLES[figure]


# --- tables ----------------------------------------------------------------------------------------------------------


def table(header, rows):
    def line(cells):
        return "| " + " | ".join(str(cell).replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"

    return "\n".join([line(header), line(["---"] * len(header)), *map(line, rows)]) + "\n"


def count_text(claims):
    counts = {verdict: sum(claim["verdict"] == verdict for claim in claims) for verdict in VERDICTS}
    return ", ".join(f"{count} {verdict}" for verdict, count in counts.items() if count)


def _span(numbers):
    numbers = sorted(set(numbers))
    return "" if not numbers else str(numbers[0]) if len(numbers) == 1 else f"{numbers[0]} to {numbers[-1]}"


def scale_text(claims):
    """"paper, 5 seeds" or "paper, 1 to 5 seeds; quick, 3 seeds"."""
    parts = []
    for scale in ("paper", "paper and quick", "quick"):
        seeds = [claim["seeds"] for claim in claims if claim["scale"] == scale]
        if seeds:
            parts.append(f"{scale}, {_span(seeds)} seed" + ("s" if max(seeds) > 1 else ""))
    return "; ".join(parts) or "-"


def data_text(claims):
    """The stand-ins that the runs read, each once, without what their titles say of them."""
    names = dict.fromkeys(claim["dataset"].partition(" (")[0] for claim in claims if claim["stand_in"] and "stand-in" in claim["dataset"])
    if names:
        return "stand-in" + ("s " if len(names) > 1 else " ") + ", ".join(names)
    return "no stand-in" if any(claim["runs"] for claim in claims) else "-"


def figure_table(reference):
    rows = []
    for figure in reference["figures"]:
        claims = [claim for claim in reference["claims"] if claim["figure"] == figure["name"]]
        counts = [sum(claim["verdict"] == verdict for claim in claims) or "" for verdict in VERDICTS]
        stale = " (stale)" if figure["stale"] else ""
        rows.append([f"`{figure['name']}` {title(figure['name'])}{stale}", *counts, scale_text(claims), data_text(claims)])
    totals = [sum(claim["verdict"] == verdict for claim in reference["claims"]) for verdict in VERDICTS]
    rows.append(["all", *totals, "", ""])
    return table(["figure", *VERDICTS, "scale", "data"], rows)


def headline_table(reference):
    rows = []
    for figure, start, dataset in HEADLINES:
        claim = find(reference, figure, start, dataset)
        text = f"`{figure}` {claim['claim']}"
        where = claim["dataset"] if claim["runs"] else claim["paper_dataset"]
        rows.append([text, where, claim["paper"], ours_text(claim), f"**{claim['verdict']}**", scale_text([claim])])
    return table(["claim", "data", "paper", "ours", "verdict", "scale"], rows)


def ours_text(claim):
    if claim["interval_text"] in ("", "-"):
        return claim["value_text"]
    return f"{claim['value_text']} {claim['interval_text']}"


def claim_tables(reference):
    parts = []
    for figure in reference["figures"]:
        claims = [claim for claim in reference["claims"] if claim["figure"] == figure["name"]]
        stale = f"Stale: {figure['stale']}.\n\n" if figure["stale"] else ""
        rows = [[claim["verdict"], claim["claim"], claim["paper"], claim["value_text"], claim["interval_text"], claim["seeds"],
                 needed_text(claim), claim["scale"] or "-", claim["dataset"], claim["note"]] for claim in claims]
        header = ["verdict", "claim", "paper", "value", "interval", "seeds", "to decide", "scale", "data", "note"]
        parts.append(f"### {figure['name']}: {title(figure['name'])}\n\n{stale}{table(header, rows)}")
    return "\n".join(parts)


def needed_text(claim):
    needed = claim["to_decide"]
    return "-" if needed is None else "more than 100" if needed > 100 else str(needed)


def commits_of(reference):
    return sorted({one["git_commit"] for one in reference["environments"]})


def provenance_tables(reference):
    environment = table(
        ["zipml", "commit", "compiler", "flags", "libraries", "CPU", "instruction set", "CPUs", "runs read"],
        [[one["zipml_version"], one["git_commit"], one["compiler"], one["flags"], one["libraries"], one["cpu_model"],
          one["instruction_set"], one["cpus"], one["runs"]] for one in reference["environments"]])
    data = table(
        ["data set", "stand-in for", "training rows", "test rows", "features", "checksum", "runs read"],
        [[one["title"], one["stand_in_for"], one["train_rows"], one["test_rows"], one["features"], f"`{one['checksum'][:16]}`",
          one["runs"]] for one in reference["data"]])
    rows = []
    for figure in reference["figures"]:
        claims = [claim for claim in reference["claims"] if claim["figure"] == figure["name"]]
        hashes = ", ".join(f"{label} `{value}`" for label, value in figure["config_hash"].items()) or "-"
        rows.append([figure["name"], count_text(claims), scale_text(claims), data_text(claims), ", ".join(figure["commits"]) or "-", hashes,
                     figure["stale"] or "-"])
    figures = table(["figure", "claims", "scale", "data", "commit", "config hash", "stale"], rows)
    return f"## Figures\n\n{figures}\n## Environment\n\n{environment}\n## Data\n\n{data}"


# --- numbers within sentences ----------------------------------------------------------------------------------------


def number(value):
    """Two significant digits, whole numbers from 10 on."""
    if value is None:
        return "infinite"
    if abs(value) >= 10:
        return f"{value:.0f}"
    return "0" if abs(value) < 0.0005 else f"{value:.2g}"


class Narrative:
    """Fills {{...}} of a text kept by hand; docs/report.md says what there is. Sentences that a verdict contradicts are problems."""

    def __init__(self, reference):
        self.reference = reference
        self.problems = []

    def fill(self, text):
        filled = re.sub(r"\{\{(.*?)\}\}", lambda match: self._one(" ".join(match[1].split())), text, flags=re.S)
        # The items of lists had other lengths before.
        return re.sub(r"^- .*(?:\n  .*)*", lambda item: textwrap.fill(" ".join(item[0].split()), WIDTH, subsequent_indent="  ", break_long_words=False,
                                                                      break_on_hyphens=False), filled, flags=re.M)

    def _one(self, token):
        word, _, rest = token.partition(" ")
        if word in ("value", "percent", "low", "high", "range", "verdict"):
            return self._of_claim(word, self._claim(rest))
        if word == "or":
            given, _, name = rest.partition(":")
            claim = self._claim(name.strip())
            return number(claim["value"]) if claim["runs"] else given
        if word == "if":
            verdict, _, name = rest.partition(":")
            claim = self._claim(name.strip())
            if claim["verdict"] not in [one.strip() for one in verdict.split(" or ")]:
                self.problems.append(f"a sentence of docs/results.md.in is for the verdict {verdict!r}; it is {claim['verdict']!r}: "
                                     f"{claim['figure']}: {claim['claim']} ({claim['paper_dataset']})")
            return ""
        whole = {"tables": claim_tables, "figures": figure_table, "commits": lambda r: ", ".join(commits_of(r)),
                 "date": lambda r: r["date"], "summary": lambda r: f"{len(r['claims'])} claims: {count_text(r['claims'])}"}
        if word in whole and not rest:
            return whole[word](self.reference)
        if word == "made":
            return "; ".join(f"{name}: {scale_text(self._of_figure(name))}" for name in rest.split())
        raise Failure(f"docs/results.md.in: {{{{{token}}}}}: not understood")

    def _of_figure(self, name):
        return [claim for claim in self.reference["claims"] if claim["figure"] == name]

    def _claim(self, text):
        parts = [part.strip() for part in text.split("|")]
        if len(parts) not in (2, 3):
            raise Failure(f"docs/results.md.in: {text!r}: needed is FIGURE | start of the claim | data set")
        return find(self.reference, *parts)

    @staticmethod
    def _of_claim(word, claim):
        if word == "verdict":
            return claim["verdict"]
        if not claim["runs"] or (claim["value"] is None and "inf" not in claim["value_text"]):
            return f"({claim['verdict']})"
        if word == "percent":
            return number(100 * (claim["value"] - 1))
        if word != "range":
            return number(claim[word])
        low, high = number(claim["low"]), number(claim["high"])
        return low if low == high else f"{low} to {high}"


def between_markers(text, made, where):
    """The text with what stands between the markers replaced."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise Failure(f"{where}: the lines {BEGIN} and {END} are needed")
    return f"{before}{BEGIN}\n\n{made.strip()}\n\n{END}{after}"
