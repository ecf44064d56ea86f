"""Figure 1, the overview: panels of other figures, and which channels may be quantized in which models.

Panels are drawn by the scripts of their figures, which offer `overview(ax, runs)` and return whether there was anything to
draw. The table is made from RESULTS/verdicts.json, which `zipml report RESULTS --format json > RESULTS/verdicts.json`
writes. What is missing says so.
"""

import importlib
import importlib.util
import json
import re
import sys
from pathlib import Path

import matplotlib.pyplot as plt

import zipml_plots as zp

# Title, figure whose results and script draw the panel.
CURVES = [("end to end, linear model (figure 4a)", "fig4"), ("FPGA, loss against time (figure 5a)", "fig5"),
          ("SVM (figure 9a)", "fig9"), ("deep learning (figure 7b)", "fig7b")]

CHANNELS = ["samples", "model", "gradient"]
# Claims that say whether quality is kept: figure and claim, as regular expressions. Model and gradient of linear models
# and of reconstructions are quantized together with the samples. Of networks the paper claims an order, which is what
# the table counts: Optimal5 against XNOR5. What exchanges levels and rounding is left to figure 7(b).
LINEAR_TOGETHER = [("fig4|fig11", "end-to-end .* at most")]
IMAGE_TOGETHER = [("fig1c", "end to end: (PSNR|SSIM)")]
FAMILIES = [
    ("linear", [[("bias|fig8", "double sampling ends at most 1% above")], LINEAR_TOGETHER, LINEAR_TOGETHER]),
    ("tomography", [[("fig1c", "sinogram alone: (PSNR|SSIM)")], IMAGE_TOGETHER, IMAGE_TOGETHER]),
    ("SVM, logistic", [[("fig9|fig12", "at most 1% above 32-bit")], [], []]),
    ("deep learning", [[], [("fig7b", "Optimal5 ends with")], []]),
]
GREEN, RED, AMBER, GREY = "#D9EFE6", "#F6D3C4", "#FBE7C6", "0.93"


def read_verdicts(results):
    """Rows of the report; None without any."""
    path = Path(results) / "verdicts.json"
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
        return [(row["figure"], row["claim"], row["verdict"]) for row in rows]
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as problem:
        print(f"skipped: {path}: {problem}", file=sys.stderr)
        return None


def cell_of(verdicts, patterns):
    """Text and colour of a cell: green if all verdicts hold, red if one fails."""
    if not patterns:
        return "no claim", "white"
    found = [verdict for figure, claim, verdict in verdicts or []
             if any(re.fullmatch(f, figure) and re.search(c, claim) for f, c in patterns)]
    decided = [verdict for verdict in found if verdict != "not run"]
    if not decided:
        return "not run", GREY
    counts = {name: decided.count(name) for name in ("holds", "fails", "undecided")}
    color = RED if counts["fails"] else AMBER if counts["undecided"] else GREEN
    return ",\n".join(f"{count} {name}" for name, count in counts.items() if count), color


def draw_table(ax, verdicts):
    ax.axis("off")
    cells = [[cell_of(verdicts, patterns) for patterns in columns] for _, columns in FAMILIES]
    table = ax.table(
        cellText=[[name] + [text for text, _ in row] for (name, _), row in zip(FAMILIES, cells)],
        cellColours=[["white"] + [color for _, color in row] for row in cells], colLabels=[""] + CHANNELS,
        colWidths=[0.28, 0.24, 0.24, 0.24], bbox=(0, 0.14, 1, 0.84), cellLoc="center")
    table.auto_set_font_size(False)
    table.set_fontsize(8.5)
    for cell in table.get_celld().values():
        cell.set_edgecolor("0.8")
    ax.set_title("low precision keeps the quality: our verdicts", loc="left")
    note = ("Linear models and tomography: model and gradient are quantized\ntogether with the samples. "
            "Samples of tomography: the sinogram.\n"
            "Model of deep learning: Optimal5 better than XNOR5.")
    if verdicts is None:
        note = "There is no verdicts.json among the results."
    ax.text(0, 0.1, note, fontsize=8, color="0.35", va="top")


def draw_panel(ax, title, figure, results):
    ax.set_title(title, loc="left")
    if importlib.util.find_spec(figure) is None:
        zp.say_missing(ax, f"no script for {figure}")
        return
    script = importlib.import_module(figure)
    if not hasattr(script, "overview"):
        zp.say_missing(ax, f"{figure} has no panel for the overview")
        return
    if not script.overview(ax, zp.load_runs(results, figure)):
        ax.clear()
        zp.say_missing(ax, f"{figure}: not run")
    of_panel = ax.get_title(loc="left")  # names the data set, stand-ins included
    ax.set_title(f"{title}\n{of_panel}" if of_panel and of_panel != title else title, loc="left")


def draw_slices(fig, place, results):
    import fig1c

    axes = [fig.add_subplot(part) for part in place.subgridspec(1, 3, wspace=0.08)]
    if not fig1c.overview(axes, zp.load_runs(results, "fig1c")):
        for ax in axes:
            ax.axis("off")
        zp.say_missing(axes[1], "fig1c: not run")
    axes[0].text(0, 1.13, "tomography (figure 1c)", transform=axes[0].transAxes, fontsize=10.5)


def draw(results, out):
    fig = plt.figure(figsize=(17, 9.4))
    grid = fig.add_gridspec(2, 12, hspace=0.36, wspace=1.6, left=0.045, right=0.99, top=0.93, bottom=0.06)
    for i, (title, figure) in enumerate(CURVES):
        place = grid[0, 4 * i:4 * i + 4] if i < 3 else grid[1, 0:3]
        draw_panel(fig.add_subplot(place), title, figure, results)
    draw_slices(fig, grid[1, 3:8], results)
    draw_table(fig.add_subplot(grid[1, 8:12]), read_verdicts(results))
    zp.save(fig, out, "fig1")


def main(argv=None):
    return zp.composed_main("fig1", [figure for _, figure in CURVES] + ["fig1c"], draw, argv)


if __name__ == "__main__":
    sys.exit(main())
