"""Draws what `zipml_bench --json FILE` measured: epochs' speed beside float32, by bits, columns and threads.

usage: bench.py --results FILE --out DIR
"""

import argparse
import json
import sys
from pathlib import Path

import matplotlib.pyplot as plt
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

import zipml_plots as zp

BITS = (8, 4, 2, 1)
# Draws, engine, levels shared by all columns: label, colour. The batch is the line.
FAMILIES = [
    ((1, "integer", False), "one draw, integer engine", zp.BLUE),
    ((2, "integer", False), "double sampling, integer engine", zp.RED),
    ((1, "fused", False), "one draw, decoded in registers", zp.SKY),
    ((2, "fused", False), "double sampling, decoded in registers", zp.ORANGE),
    ((1, "fused", True), "one draw, one table of levels", zp.GREEN),
    ((1, "fixed_point", True), "one draw, 16-bit model", zp.PINK),
]
STYLES = ["-", "--", ":", "-."]
MARKERS = "osD^"


def family(line):
    return line["draws"], line["engine"], line.get("shared_levels", False)


def draw_panel(ax, lines, batches):
    for shown, _, color in FAMILIES:
        for number, batch in enumerate(batches):
            points = sorted((-line["bits"], line["ratio_to_float32"]) for line in lines
                            if (family(line), line["batch"]) == (shown, batch) and not line.get("symmetrized")
                            and line["samples"] != "float32" and "ratio_to_float32" in line)
            places = [BITS.index(-bits) for bits, _ in points]
            ax.plot(places, [ratio for _, ratio in points], color=color, linestyle=STYLES[number % 4],
                    marker=MARKERS[number % 4], markersize=5)
    for bits in sorted({line["bits"] for line in lines if "incorrect" in line}):
        if bits in BITS:
            ax.annotate("INCORRECT", (BITS.index(bits), 0.02), xycoords=("data", "axes fraction"), ha="center", color=zp.RED)
    ax.axhline(1, color="0.35", linewidth=1, zorder=1)
    ax.set_yscale("log", base=2)
    ax.set_xticks(range(len(BITS)), [str(bits) for bits in BITS])
    ax.set_xlim(-0.3, len(BITS) - 0.7)
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    ax.yaxis.set_minor_locator(NullLocator())


def draw(results, out):
    lines = results.get("epochs") or []
    columns = sorted({line["columns"] for line in lines})
    rows = sorted({(line["threads"], line.get("replicas", 1)) for line in lines})
    batches = sorted({line["batch"] for line in lines}, reverse=True)
    height = 2.1 + 2.7 * len(rows)
    fig, axes = plt.subplots(len(rows), len(columns), squeeze=False, sharex=True, sharey=True,
                             figsize=(max(9, 1.5 + 3.2 * len(columns)), height))
    for row, (threads, replicas) in zip(axes, rows):
        for ax, n in zip(row, columns):
            shown = [line for line in lines
                     if (line["columns"], line["threads"], line.get("replicas", 1)) == (n, threads, replicas)]
            draw_panel(ax, shown, batches)
            models = f", {replicas} models" if replicas > 1 else ""
            ax.set_title(f"n = {n:,}, {threads} thread{'s' if threads > 1 else ''}{models}", loc="left")
        row[0].set_ylabel("epochs a second,\ntimes those of float32")
    for ax in axes[-1]:
        ax.set_xlabel("bits of a code, or of a base index")
    ratios = [line["ratio_to_float32"] for line in lines if "ratio_to_float32" in line]
    low, high = min([0.5, *ratios]), max([2.0, *ratios])
    axes[0][0].set_ylim(low / 1.3, high * 1.3)
    axes[0][0].yaxis.set_major_locator(FixedLocator([2.0**power for power in range(-10, 12)]))
    present = {family(line) for line in lines}
    handles = [Line2D([], [], color=color, label=label) for shown, label, color in FAMILIES if shown in present]
    handles += [Line2D([], [], color="0.3", linestyle=STYLES[number % 4], marker=MARKERS[number % 4], markersize=5,
                       label=f"batch {batch}") for number, batch in enumerate(batches)]
    handles.append(Line2D([], [], color="0.35", linewidth=1, label="float32, the same n, batch and threads"))
    fig.legend(handles=handles, loc="lower center", ncols=3, bbox_to_anchor=(0.5, 0.01))
    about = results["context"]
    note = f"{about['cpu']}, {about['instruction_set']}; {about['megabytes']:g} MiB at float32; medians of {about['rounds']} rounds"
    fig.suptitle(("QUICK: times mean little. " if about["quick"] else "") + note, fontsize=8.5, color="0.3")
    fig.tight_layout(rect=(0, 1.2 / height, 1, 0.99))  # the legend is 1.2 inches
    zp.save(fig, out, "bench")


def main(argv=None):
    parser = argparse.ArgumentParser(description="Draws what zipml_bench measured.")
    parser.add_argument("--results", required=True, metavar="FILE", help="file that `zipml_bench --json` wrote")
    parser.add_argument("--out", required=True, metavar="DIR", help="folder for the PNG and SVG files")
    options = parser.parse_args(argv)
    try:
        results = json.loads(Path(options.results).read_text())
    except (OSError, ValueError) as problem:
        print(f"{options.results}: {problem}", file=sys.stderr)
        return 1
    if not results.get("epochs"):
        print(f"{options.results}: no epochs were measured", file=sys.stderr)
        return 1
    draw(results, options.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
