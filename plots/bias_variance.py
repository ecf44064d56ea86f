"""Bias and noise of the estimators' gradients at models of a full-precision run, per degree and bits."""

import sys

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import FuncFormatter

import nonlinear
import zipml_plots as zp

MEASURED = "solver/probe/estimator"


def series_of(runs):
    """(label, colour, marker, line) -> stored bits -> runs, plain rounding first."""
    series = {}
    plain = {"deterministic": 0, "naive": 1}
    order = lambda r: (plain.get(r.get(MEASURED)["kind"], 2), r.get(MEASURED).get("product") == "powers",  # noqa: E731
                       r.get(MEASURED).get("degree", 0))
    runs = sorted((r for r in runs if r.get(MEASURED)), key=order)
    for run in runs:
        samples = run.get(MEASURED)
        if samples["kind"] == "deterministic":
            key = ("deterministic rounding", zp.BLUE, "o", "-")
        elif samples["kind"] == "naive":
            key = ("naive stochastic", zp.BLACK, "o", "-")
        else:
            degree = samples["degree"]
            color, marker = nonlinear.DEGREES[degree]
            if samples["product"] == "powers":
                key = (f"Chebyshev, degree {degree}, powers", color, "x", "")
            else:
                key = (f"Chebyshev, degree {degree}", color, marker, ":")
        series.setdefault(key, {}).setdefault(nonlinear.stored_bits(samples), []).append(run)
    return series


def draw_member(ax, series, value, top):
    for (label, color, marker, line), by_bits in series.items():
        bits = sorted(by_bits)
        middle = [np.median([value(r.error) for r in by_bits[b]]) for b in bits]
        shown = [(b, m) for b, m in zip(bits, middle) if 0 < m <= top]
        if shown:
            ax.plot(*zip(*shown), marker, linestyle=line or "none", color=color, label=label, markersize=6)
        for b, m in zip(bits, middle):
            if m > top:  # beyond the view
                ax.annotate(f"{m:.0e}".replace("e+0", "e"), (b, top), ha="center", va="top", fontsize=7, color=color)
    ax.set_yscale("log")
    ax.set_ylim(top=top * 1.3)
    ax.yaxis.set_major_formatter(FuncFormatter(zp.plain))
    ax.set_xticks(range(2, 9))
    ax.set_xlim(1.6, 8.4)
    ax.set_xlabel("stored bits a value")


def reference(ax, runs, name, label):
    level = np.median([r.error[name] for r in runs if r.error])
    ax.axhline(level, color="0.35", linestyle=(0, (4, 3)), linewidth=1.2)
    ax.text(8.35, level * 0.95, f"{label}: {level:.3g}", ha="right", va="top", fontsize=8, color="0.3")
    return level


def draw(runs, out):
    fig, axes = plt.subplots(2, 2, figsize=(13.5, 10.5))
    for column, letter, (_, title, kinds, model, name) in zip(axes.T, "ab", nonlinear.PANELS[2:]):
        chosen = [r for r in nonlinear.of_panel(runs, kinds, model) if r.error]
        column[0].set_title(zp.wrap(f"({letter}) {name}, {chosen[0].title if chosen else title}", 60), loc="left")
        if not chosen:
            for ax in column:
                zp.say_missing(ax, "no results: not run")
            continue
        series = series_of(chosen)
        noise = reference(column[1], chosen, "sample_noise", "noise of SGD at full precision")
        reference(column[0], chosen, "gradient_norm", "norm of the mean gradient")
        # What the draws' noise alone could give is shown as the bias: an upper bound.
        draw_member(column[0], series, lambda e: max(e["bias"], e["bias_floor"]), noise)
        draw_member(column[1], series, lambda e: e["noise"], 30 * noise)
        column[0].set_ylabel("norm of the bias")
        column[1].set_ylabel("noise of one sample's gradient")
        column[0].legend(loc="lower left", fontsize=7.5, title=zp.setting_text(chosen), title_fontsize=7.5)
    fig.tight_layout(rect=(0, 0.04, 1, 1))
    zp.footnote(fig, "Medians over seeds, after the last epoch of a full-precision run; the bias is never shown below what "
                     "the finite number of draws can tell from 0. Numbers at the upper edge: values beyond it.\n"
                     "Chebyshev: symmetric products; powers: products as in the paper.")
    zp.save(fig, out, "bias_variance")


if __name__ == "__main__":
    sys.exit(zp.main("bias_variance", draw))
