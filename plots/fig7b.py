"""Figure 7(b): a CIFAR-10 network with quantized weights; how much is due to the levels, how much to rounding."""

import math
import sys

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import PercentFormatter

import zipml_plots as zp


def weights(runs, levels, rounding, bits=3, count=5, scale="max"):
    """Runs with quantized weights; count None: all 2^bits levels."""
    return [r for r in runs if r.get("precision/weights/levels/kind") == levels
            and r.get("precision/weights/rounding") == rounding and r.get("precision/weights/bits") == bits
            and r.get("precision/weights/levels_count") == count
            and r.get("precision/weights/levels/scale", "max") == scale]


def full(runs):
    return [r for r in runs if r.is_full]


# Label of a dot, levels, rounding, colour.
VARIANTS = [
    ("uniform, nearest\n(XNOR5)", "xnor", "nearest", zp.RED),
    ("uniform, stochastic", "xnor", "stochastic", zp.RED),
    ("optimal, nearest", "optimal", "nearest", zp.BLUE),
    ("optimal, stochastic\n(Optimal5)", "optimal", "stochastic", zp.BLUE),
    ("k-means, nearest", "kmeans", "nearest", zp.GREEN),
    ("released by the\nauthors, nearest", "released", "nearest", zp.ORANGE),
]


def accuracy(run):
    return 0.0 if run.diverged else float(run.accuracy[-1])


def middle_and_range(rows):
    """Median, least and largest of every column; NaN where a run has no value."""
    rows = np.array(rows)
    return np.median(rows, axis=0), rows.min(axis=0), rows.max(axis=0)


def draw_curves(ax, curves, values, skip_first=False):
    """Values of every run's trace against iterations; rows without a value are left out."""
    for curve in curves:
        runs = [r for r in curve.runs if not r.diverged]
        label = curve.label if curve.runs else f"{curve.label}: not run"
        if len(runs) < len(curve.runs):
            label += f" ({len(curve.runs) - len(runs)} of {len(curve.runs)} diverged)"
        if not runs:
            ax.plot([], [], color=curve.color, linestyle=curve.style, label=label)
            continue
        known = np.isfinite(values(runs[0]))
        known[0] = known[0] and not skip_first
        middle, low, high = middle_and_range([values(r)[known] for r in runs])
        iterations = runs[0].iterations[known]
        marker = "o" if iterations.size < 15 else None
        ax.plot(iterations, middle, color=curve.color, linestyle=curve.style, marker=marker, markersize=4, label=label)
        ax.fill_between(iterations, low, high, color=curve.color, alpha=0.18, linewidth=0)
    ax.set_xlabel("iteration")
    ax.set_xlim(left=0)


def draw_variants(ax, runs):
    rows = [("float32", full(runs), zp.BLACK)]
    rows += [(label, weights(runs, levels, rounding), color) for label, levels, rounding, color in VARIANTS]
    rows.append(("two levels, mean |w|\n(XNOR binary)", weights(runs, "xnor", "nearest", 1, None, "mean"), zp.PINK))
    for place, (_, members, color) in enumerate(rows):
        values = [accuracy(r) for r in members]
        if not values:
            ax.annotate("not run", (0, place), xycoords=("axes fraction", "data"), xytext=(6, 0),
                        textcoords="offset points", va="center", fontsize=8, color="0.35")
            continue
        ax.plot([min(values), max(values)], [place, place], color=color, alpha=0.4, linewidth=5)
        ax.plot(values, [place] * len(values), "o", color=color, markersize=3.5)
        ax.plot(np.median(values), place, "D", color=color, markersize=7)
        ax.annotate(f"{100 * np.median(values):.1f}%", (max(values), place), xytext=(9, 0),
                    textcoords="offset points", va="center", fontsize=8)
    ax.set_yticks(range(len(rows)), [label for label, _, _ in rows])
    ax.set_ylim(len(rows) - 0.5, -0.5)
    ax.margins(x=0.16)
    ax.set_xlabel("test accuracy at the end")
    ax.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))


def draw_bits(ax, runs):
    # Five levels lie between 2 and 3 bits. Where uniform levels keep one at 0 they have 2^bits - 1.
    families = [("uniform, nearest", "xnor", "xnor", "nearest", zp.RED, "o-"),
                ("optimal, stochastic", "optimal", "optimal_histogram", "stochastic", zp.BLUE, "s--")]
    for label, five, kind, rounding, color, style in families:
        found = {math.log2(5): weights(runs, five, rounding)}
        for bits in range(2, 9):
            found[bits] = weights(runs, kind, rounding, bits, None)
        points = sorted((x, sorted(r.final for r in members)) for x, members in found.items() if members)
        points = [(x, losses) for x, losses in points if math.isfinite(losses[-1])]
        if not points:
            ax.plot([], [], color=color, label=f"{label}: not run")
            continue
        xs = [x for x, _ in points]
        ax.plot(xs, [np.median(losses) for _, losses in points], style, color=color, markersize=5, label=label)
        ax.vlines(xs, [losses[0] for _, losses in points], [losses[-1] for _, losses in points], color=color,
                  alpha=0.4, linewidth=4)
    reference = full(runs)
    if reference:
        ax.axhline(np.median([r.final for r in reference]), color=zp.BLACK, linewidth=1.2, label="32-bit")
    ax.set_xlabel("bits a weight (log2 of 5 levels: 2.3)")
    ax.set_ylabel("training loss at the end")
    ax.set_xticks(range(2, 9))
    ax.set_xlim(1.8, 8.2)
    ax.legend(loc="best")


def setting_text(runs):
    iterations, batch = runs[0].get("solver/iterations"), runs[0].get("solver/batch")
    seeds = len({r.seed for r in runs})
    return (f"{runs[0].counts[0]:,} training images, {iterations:,} iterations of {batch}, "
            f"{seeds} seed{'s' if seeds != 1 else ''}")


def chosen(runs):
    return zp.choose_setting(zp.of_dataset(runs, "cifar10", "cifar10-like"))


def curves_of(runs):
    return [zp.Curve("32-bit", full(runs), zp.BLACK, "-"),
            zp.Curve("XNOR5 (uniform levels, nearest)", weights(runs, "xnor", "nearest"), zp.RED, ":"),
            zp.Curve("Optimal5 (optimal levels, stochastic)", weights(runs, "optimal", "stochastic"), zp.BLUE, "--")]


def draw_training(ax, runs):
    draw_curves(ax, curves_of(runs), lambda run: run.loss)
    ax.set_ylabel("training loss")
    ax.legend(loc="best")


def overview(ax, runs):
    """Panel a alone, for figure 1."""
    runs = chosen(runs)
    if runs:
        draw_training(ax, runs)
    return bool(runs)


def draw(runs, out):
    runs = chosen(runs)
    fig, axes = plt.subplots(2, 2, figsize=(12.5, 9.2))
    loss, test, variants, bits = axes.flat
    loss.set_title("(a) training loss", loc="left")
    test.set_title("(b) test accuracy", loc="left")
    variants.set_title("(c) five levels: which levels, which rounding", loc="left")
    bits.set_title("(d) more bits", loc="left")
    if runs:
        draw_training(loss, runs)
        draw_curves(test, curves_of(runs), lambda run: run.accuracy)
        test.set_ylabel("test accuracy")
        test.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
        test.legend(loc="best")
        draw_variants(variants, runs)
        draw_bits(bits, runs)
        fig.suptitle(f"{runs[0].title}: {setting_text(runs)}", x=0.01, ha="left", fontsize=11)
    else:
        for ax in axes.flat:
            zp.say_missing(ax, "no results: not run")
    fig.tight_layout(rect=(0, 0.045, 1, 0.985))
    zp.footnote(fig, zp.BAND_NOTE + " Training loss: mean over the mini-batches since the row before, at the quantized "
                     "weights.\nThe paper's axis counts 40 \"epochs\", most likely 40 displays of 100 iterations.")
    zp.save(fig, out, "fig7b")


if __name__ == "__main__":
    sys.exit(zp.main("fig7b", draw))
