"""Figure 3: the histogram of skewed features, with the levels of least mean variance and uniform ones."""

import sys

import matplotlib.pyplot as plt
import numpy as np

import zipml_plots as zp

# Letter, the paper's title, kinds.
PANELS = [
    ("a", "cadata", ("cadata", "cadata-like")),
    ("b", "YearPrediction", ("year-prediction", "year-like")),
]
# Levels, scaling, label, colour.
ROWS = [
    ("optimal", None, "optimal", zp.RED),
    ("uniform", "column", "uniform on [-M, M]", zp.BLUE),
    ("uniform", "min_max", "uniform, least to largest", zp.SKY),
]


def draw_histogram(ax, run):
    edges, counts = run.measured["edges"], run.measured["counts"]
    ax.stairs(counts, edges, fill=True, color="0.72")
    ax.set_yscale("log")
    ax.set_ylim(0.7, 2 * counts.max())
    ax.set_ylabel("rows in a bin")
    ax.tick_params(labelbottom=False)


def draw_levels(ax, runs):
    for place, (kind, scaling, label, color) in enumerate(ROWS):
        members = [r for r in runs if r.levels == kind
                   and (scaling is None or r.get("precision/samples/levels/scaling") == scaling)]
        if not members:
            ax.text(0.5, -place, f"{label}: not run", transform=ax.get_yaxis_transform(), ha="center", va="center")
            continue
        run = members[0]
        levels = run.measured["levels"]
        ax.hlines(-place, levels.min(), levels.max(), color=color, alpha=0.3)
        ax.plot(levels, np.full(len(levels), -place), "|", color=color, markersize=15, markeredgewidth=2)
        ax.text(1.01, -place, f"{label}\nvariance {run.measured['mean_variance']:.4g}", color=color, va="center",
                transform=ax.get_yaxis_transform(), fontsize=8.5)
    ax.set_ylim(-len(ROWS) + 0.4, 0.6)
    ax.set_yticks([])
    ax.grid(axis="y", visible=False)


def draw(runs, out):
    fig, axes = plt.subplots(2, 2, figsize=(15, 5.6), sharex="col", gridspec_kw={"height_ratios": [2.4, 1]})
    for column, (letter, title, kinds) in enumerate(PANELS):
        upper, lower = axes[:, column]
        chosen = zp.choose_setting([r for r in zp.of_dataset(runs, *kinds) if "levels" in r.measured])
        upper.set_title(zp.panel_title(letter, chosen, title), loc="left")
        if not chosen:
            zp.say_missing(upper, "no results: not run")
            lower.set_visible(False)
            continue
        draw_histogram(upper, chosen[0])
        draw_levels(lower, chosen)
        lower.set_xlabel(f"feature {int(chosen[0].measured['column'])}, {chosen[0].counts[0]:,} training rows")
    fig.tight_layout(rect=(0, 0.04, 1, 1), w_pad=3)
    zp.footnote(fig, "Levels at 3 bits. Variance: mean over the values of (b - x)(x - a), [a, b] the interval of x, in "
                     "squared units of the feature. M: the largest magnitude.")
    zp.save(fig, out, "fig3")


if __name__ == "__main__":
    sys.exit(zp.main("fig3", draw))
