"""Ours: what quantized samples add to the gradients of single samples, against bits, with Lemma 1's bound."""

import sys

import matplotlib.pyplot as plt
import numpy as np

import zipml_plots as zp

PANELS = [
    ("a", "cadata", ("cadata", "cadata-like"), None),
    ("b", "Synthetic 100", ("synthetic",), 100),
]
# Estimator, levels, label, colour, line, marker.
SERIES = [
    ("double_sampling", "uniform", "uniform", zp.BLUE, "-", "o"),
    ("double_sampling", "optimal", "optimal", zp.RED, "-", "s"),
    ("double_sampling", "optimal_histogram", "optimal by histogram", zp.ORANGE, "--", "v"),
    ("double_sampling", "adaquant", "AdaQuant", zp.PINK, ":", "^"),
    ("double_sampling", "quantile", "quantiles", zp.GREEN, "-.", "D"),
    ("double_sampling", "log", "powers of two", zp.SKY, "-.", "P"),
    ("deterministic", "kmeans", "k-means, nearest rounding: biased", zp.BLACK, ":", "x"),
]


def value_at(run, model, name):
    models = [m.decode() if isinstance(m, bytes) else str(m) for m in run.measured["model"]]
    return float(run.measured[name][models.index(model)])


def relative(run, name):
    """At the minimum, over the variance that full-precision SGD has anyway."""
    return value_at(run, "optimum", name) / value_at(run, "optimum", "sampling_variance")


def by_bits(runs, estimator, levels, name):
    """Bits, and the values of every seed at each."""
    values = {}
    for run in runs:
        if run.samples == estimator and run.levels == levels:
            values.setdefault(run.bits, []).append(relative(run, name))
    return sorted(values.items())


def draw_strategies(ax, runs, name):
    missing = []
    for estimator, levels, label, color, style, marker in SERIES:
        points = by_bits(runs, estimator, levels, name)
        if not points:
            missing.append(label)
            continue
        bits = [b for b, _ in points]
        ax.plot(bits, [np.median(v) for _, v in points], color=color, linestyle=style, marker=marker, markersize=5,
                label=label, markerfacecolor="none")
        ax.vlines(bits, [min(v) for _, v in points], [max(v) for _, v in points], color=color, alpha=0.5, linewidth=3)
    for label in missing:
        ax.plot([], [], color="none", label=f"{label}: not run")
    ax.set_yscale("log")
    ax.set_xticks(sorted({r.bits for r in runs}))
    ax.set_xlabel("bits b (2^b levels)")


def draw_bounds(ax, runs):
    for levels, label, color in (("uniform", "Lemma 1's bound, uniform", zp.BLUE),
                                 ("optimal", "Lemma 1's bound, optimal", zp.RED)):
        points = by_bits(runs, "double_sampling", levels, "lemma_bound")
        if points:
            ax.plot([b for b, _ in points], [np.median(v) for _, v in points], color=color, linestyle=(0, (1, 2)),
                    linewidth=1.2, label=label)
    ax.axhline(1, color="0.35", linestyle=(0, (4, 3)), linewidth=1, label="sampling variance of 32-bit SGD")


def draw(runs, out):
    fig, axes = plt.subplots(2, 2, figsize=(14, 10.5), sharex=True)
    for column, (letter, title, kinds, features) in enumerate(PANELS):
        upper, lower = axes[:, column]
        chosen = zp.choose_setting([r for r in zp.of_dataset(runs, *kinds, features=features)
                                    if "mean_squared" in r.measured])
        upper.set_title(zp.panel_title(letter, chosen, title) + ": error of single gradients", loc="left")
        lower.set_title("error of the mean gradient", loc="left")
        if not chosen:
            zp.say_missing(upper, "no results: not run")
            zp.say_missing(lower, "no results: not run")
            continue
        draw_strategies(upper, chosen, "mean_squared")
        draw_bounds(upper, chosen)
        upper.set_ylim(top=100 * upper.get_ylim()[1])
        draw_strategies(lower, chosen, "bias_squared")
        draws, seeds = chosen[0].get("measure/draws"), len({r.seed for r in chosen})
        upper.legend(loc="upper right", ncol=2, title_fontsize=8,
                     title=f"{chosen[0].counts[0]:,} rows x {draws} draws, {seeds} seed{'s' if seeds != 1 else ''}")
        upper.set_ylabel("mean |error|² / sampling variance")
        lower.set_ylabel("|mean error|² / sampling variance")
    fig.tight_layout(rect=(0, 0.045, 1, 1))
    zp.footnote(fig, "At the exact minimum of least squares. Points: median over seeds; bars: least to largest. Lower "
                     "panels: what averaging over all rows and draws leaves;\nunbiased errors fall with more draws, "
                     "the bias of nearest rounding stays.")
    zp.save(fig, out, "variance")


if __name__ == "__main__":
    sys.exit(zp.main("variance", draw))
