"""Figure 8: double sampling on six regression sets, and the smallest sufficient precision (fig8_bits)."""

import math
import sys

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import FuncFormatter

import zipml_plots as zp

# Bits of the paper's curve in every panel.
PAPER_BITS = (3, 4, 6, 5, 3, 4)
BITS = range(1, 9)

SWAP_NOTE = ("The paper prints the captions of its figures 8 and 10 under each other's panels; "
             "this is figure 8 by its panels: uniform levels, double sampling against 32-bit.")


def draw_losses(panels, out):
    fig, axes = plt.subplots(2, 3, figsize=(15, 8.8))
    for ax, (letter, title, runs, bits) in zip(axes.flat, panels):
        curves = [zp.Curve("32-bit", [r for r in runs if r.is_full], zp.BLACK, "-"),
                  zp.Curve(f"{bits}-bit double sampling", zp.double_sampled(runs, bits), zp.RED, "--")]
        zp.draw_loss_panel(ax, letter, title, runs, curves)
    fig.tight_layout(rect=(0, 0.04, 1, 1))
    zp.footnote(fig, zp.BAND_NOTE + " Bits as stored: both draws included.\n" + SWAP_NOTE)
    zp.save(fig, out, "fig8")


def relative_losses(runs, bits):
    """Percent above full precision, a pair a seed; infinite where the run diverged."""
    full = {r.seed: r.final for r in runs if r.is_full}
    pairs = [(r.final, full[r.seed]) for r in zp.double_sampled(runs, bits) if r.seed in full]
    return [100 * (low / high - 1) for low, high in pairs if math.isfinite(high)]


def draw_relative_losses(ax, values):
    """Median over seeds with the range as a bar; crosses above where runs diverged. Returns the top of the view."""
    bits = np.array(list(values))
    middle = np.array([np.median(values[b]) for b in bits])
    low, high = np.array([min(values[b]) for b in bits]), np.array([max(values[b]) for b in bits])
    shown, whole = np.isfinite(middle), np.isfinite(high)
    ax.plot(bits[shown], middle[shown], "o-", color=zp.BLUE, label="median over seeds")
    ax.vlines(bits[whole], low[whole], high[whole], color=zp.BLUE, alpha=0.5, linewidth=4)
    top = max([10.0] + list(high[whole]) + list(middle[shown]))
    for b in bits:
        lost = sum(not math.isfinite(x) for x in values[b])
        if lost:
            ax.plot(b, top * 2, "x", color=zp.RED, markersize=9, markeredgewidth=2)
            ax.annotate(f"{lost} of {len(values[b])}\ndiverged", (b, top * 2), (7, 0), textcoords="offset points",
                        va="center", fontsize=7.5, color=zp.RED)
    return top * 4


def draw_bits_panel(ax, runs, paper_bits):
    values = {b: relative_losses(runs, b) for b in BITS}
    values = {b: v for b, v in values.items() if v}
    if not values:
        zp.say_missing(ax, "no results: not run")
        return
    ax.set_yscale("symlog", linthresh=1)
    ax.yaxis.set_major_formatter(FuncFormatter(zp.plain))
    ax.set_ylim(top=draw_relative_losses(ax, values))
    ax.axhline(1, color="0.35", linestyle=(0, (4, 3)), linewidth=1, label="1% above 32-bit")
    ax.axvline(paper_bits, color=zp.ORANGE, linestyle=":", linewidth=2, label=f"bits in the paper: {paper_bits}")
    enough = [b for b in values if np.median(values[b]) <= 1]
    text = f"smallest sufficient: {enough[0]} bits" if enough else "none of these suffices"
    missing = [str(b) for b in BITS if b not in values]
    if missing:
        text += f"\nnot run: {', '.join(missing)} bits"
    ax.set_xlim(0.5, 8.5)
    ax.set_xticks(list(BITS))
    ax.set_xlabel("bits b (2^b levels)")
    ax.set_ylabel("final loss above 32-bit [%]")
    ax.legend(loc="upper right", title=text, title_fontsize=8.5)


def draw_sufficient_bits(panels, out):
    fig, axes = plt.subplots(2, 3, figsize=(15, 8.2))
    for ax, (letter, title, runs, paper_bits) in zip(axes.flat, panels):
        ax.set_title(zp.panel_title(letter, runs, title), loc="left")
        draw_bits_panel(ax, runs, paper_bits)
    fig.tight_layout(rect=(0, 0.03, 1, 1))
    zp.footnote(fig, "Final training loss, paired by seed; bars: least to largest. Vertical axis linear below 1%, "
                     "logarithmic above.")
    zp.save(fig, out, "fig8_bits")


def draw(runs, out):
    panels = []
    for (letter, title, kinds, features), bits in zip(zp.REGRESSION_SETS, PAPER_BITS):
        panels.append((letter, title, zp.choose_setting(zp.of_dataset(runs, *kinds, features=features)), bits))
    draw_losses(panels, out)
    draw_sufficient_bits(panels, out)


if __name__ == "__main__":
    sys.exit(zp.main("fig8", draw))
