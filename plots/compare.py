"""Draws what `zipml compare --plot FILE` measured: levels over each column's histogram, and errors against bits.

usage: compare.py DATA.json FILE
"""

import json
import sys
from collections import defaultdict
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402
import numpy as np  # noqa: E402

# Okabe and Ito's colours, told apart by colour-blind readers, then three more; markers repeat the difference.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000",
           "#7F7F7F", "#8B4513", "#6A5ACD")
MARKERS = "osD^vP*X<>"
MOST_COLUMNS = 6  # panels of histograms; more could not be read
SHOWN_BITS = 3  # levels are drawn for this many bits, or the nearest number that was measured


def strategies_of(lines):
    return list(dict.fromkeys(line["levels"] for line in lines))


def column_name(column):
    return "all columns" if column == "pooled" else f"column {column}"


def draw_levels(axes, histogram, lines, names):
    """Histogram above, one row of ticks a strategy below."""
    column = histogram["column"]
    axes.set_title(column_name(column))
    axes.set_yticks([])
    if histogram["low"] is None:
        axes.text(0.5, 0.5, "no values", ha="center", transform=axes.transAxes)
        return
    counts = np.array(histogram["counts"], dtype=float)
    edges = np.linspace(histogram["low"], histogram["high"], len(counts) + 1)
    # Square roots keep the tail of a skewed column visible.
    heights = np.sqrt(counts / counts.max())
    axes.stairs(heights, edges, fill=True, color="#BBBBBB")
    mine = [line for line in lines if line["column"] == column]
    if not mine:
        return
    bits = min((line["bits"] for line in mine), key=lambda b: abs(b - SHOWN_BITS))
    rows = {line["levels"]: line["level_values"] for line in mine if line["bits"] == bits}
    for i, name in enumerate(names):
        if rows.get(name):
            axes.plot(rows[name], np.full(len(rows[name]), -0.12 * (i + 1)), linestyle="none",
                      marker="|", markersize=9, color=COLOURS[i % len(COLOURS)])
    axes.set_ylim(-0.12 * (len(names) + 1), 1.05)
    axes.set_xlabel(f"value; levels for {bits} bits below")


def error_curves(lines, rounding):
    """Geometric mean over the columns of vNMSE, by strategy: bits, errors. Zeros have no place on a log scale."""
    found = defaultdict(lambda: defaultdict(list))
    for line in lines:
        if line["rounding"] == rounding and line["vnmse"]:
            found[line["levels"]][line["bits"]].append(line["vnmse"])
    return {name: (sorted(by_bits), [float(np.exp(np.mean(np.log(by_bits[b])))) for b in sorted(by_bits)])
            for name, by_bits in found.items()}


def draw_errors(axes, lines, rounding, names):
    for name, (bits, errors) in error_curves(lines, rounding).items():
        i = names.index(name)
        axes.plot(bits, errors, marker=MARKERS[i % len(MARKERS)], color=COLOURS[i % len(COLOURS)])
    axes.set_yscale("log")
    axes.set_title(f"{rounding} rounding")
    axes.set_xlabel("bits")
    axes.set_ylabel("squared error / |x|²")
    axes.grid(alpha=0.25)
    axes.xaxis.get_major_locator().set_params(integer=True)


def draw(data, file):
    lines, names = data["lines"], strategies_of(data["lines"])
    histograms = data["histograms"][:MOST_COLUMNS]
    roundings = list(dict.fromkeys(line["rounding"] for line in lines))
    panels = len(histograms) + len(roundings)
    across = min(3, panels)
    down = -(-panels // across)
    figure, grid = plt.subplots(down, across, figsize=(4.6 * across, 3.6 * down + 0.8), squeeze=False)
    places = list(grid.flat)
    for axes, histogram in zip(places, histograms):
        draw_levels(axes, histogram, lines, names)
    for axes, rounding in zip(places[len(histograms):], roundings):
        draw_errors(axes, lines, rounding, names)
    for axes in places[panels:]:
        axes.remove()
    title = data["title"]
    if len(data["histograms"]) > len(histograms):
        title += f" (histograms of the first {len(histograms)} of {len(data['histograms'])} columns)"
    figure.suptitle(title, parse_math=False)  # it may be the name of a file, with dollars
    handles = [plt.Line2D([], [], color=COLOURS[i % len(COLOURS)], marker=MARKERS[i % len(MARKERS)], label=name)
               for i, name in enumerate(names)]
    # A character takes about .075 inches, line and gaps as much as 8; names with parameters are long.
    longest = max((len(name) for name in names), default=0)
    columns = max(1, min(6, len(handles), int(figure.get_figwidth() / (0.075 * (longest + 8)))))
    if handles:
        figure.legend(handles=handles, loc="lower center", ncol=columns)
    legend_rows = -(-len(handles) // columns)
    figure.tight_layout(rect=(0, 0.3 * legend_rows / figure.get_figheight(), 1, 1))
    metadata = {"Date": None} if Path(file).suffix == ".svg" else None
    figure.savefig(file, dpi=150, metadata=metadata)
    plt.close(figure)


def main(arguments):
    if len(arguments) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        draw(json.loads(Path(arguments[0]).read_text(encoding="utf-8")), arguments[1])
    except (OSError, KeyError, ValueError) as problem:
        print(f"{arguments[1]}: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    plt.rcParams.update({"svg.hashsalt": "zipml", "axes.spines.top": False, "axes.spines.right": False,
                         "legend.fontsize": 8.5})
    sys.exit(main(sys.argv[1:]))
