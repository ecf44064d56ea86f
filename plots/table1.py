"""Table 1: the data sets as loaded, next to the paper's counts."""

import sys

import matplotlib.pyplot as plt

import zipml_plots as zp

# The paper's name and counts (training rows, test rows, features), and the kinds that may stand there.
ROWS = [
    ("Synthetic 10", (10000, 10000, 10), ("synthetic",)),
    ("Synthetic 100", (10000, 10000, 100), ("synthetic",)),
    ("Synthetic 1000", (10000, 10000, 1000), ("synthetic",)),
    ("YearPrediction", (463715, 51630, 90), ("year-prediction", "year-like")),
    ("cadata", (10000, 10640, 8), ("cadata", "cadata-like")),
    ("cpusmall", (6000, 2192, 12), ("cpusmall", "cpusmall-like")),
    ("cod-rna", (59535, 271617, 8), ("cod-rna", "cod-rna-like")),
    ("gisette", (6000, 1000, 5000), ("gisette", "gisette-like")),
]
HEADER = ["paper's set", "train", "test", "features", "loaded here", "train", "test", "features", ""]


def row_of(name, paper, runs):
    cells = [name] + [f"{count:,}" for count in paper]
    if not runs:
        return cells + ["not run", "", "", "", "-"], "0.93"
    run = max(runs, key=lambda r: (not r.stand_in_for, r.counts))
    cells += [zp.wrap(run.title, 40)] + [f"{count:,}" for count in run.counts]
    if run.stand_in_for:
        return cells + ["stand-in"], "#FBE7C6"
    return cells + (["equal"] if run.counts == paper else ["differs"]), "#D9EFE6" if run.counts == paper else "#F6D3C4"


def draw(runs, out):
    rows, colors = [], []
    for name, paper, kinds in ROWS:
        features = paper[2] if kinds == ("synthetic",) else None
        cells, color = row_of(name, paper, zp.of_dataset(runs, *kinds, features=features))
        rows.append(cells)
        colors.append(["white"] * 4 + [color] * 5)
    fig, ax = plt.subplots(figsize=(12.5, 4.6))
    ax.axis("off")
    ax.grid(False)
    widths = [0.125, 0.07, 0.07, 0.07, 0.32, 0.07, 0.07, 0.07, 0.085]
    table = ax.table(cellText=rows, cellColours=colors, colLabels=HEADER, colWidths=widths, loc="center",
                     cellLoc="right")
    table.auto_set_font_size(False)
    table.set_fontsize(9)
    table.scale(1, 1.9)
    for (line, column), cell in table.get_celld().items():
        cell.set_edgecolor("0.8")
        if line == 0:
            cell.set_text_props(weight="bold")
        if column in (0, 4, 8):
            cell.get_text().set_ha("left")
            cell.PAD = 0.03
    ax.set_title("Table 1: the paper's counts and what was loaded", loc="left")
    fig.tight_layout()
    zp.save(fig, out, "table1")


if __name__ == "__main__":
    sys.exit(zp.main("table1", draw))
