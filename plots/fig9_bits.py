"""The negative result at 2 to 8 stored bits: final loss of plain rounding and of Chebyshev estimators, cod-rna."""

import math
import sys

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import FuncFormatter

import nonlinear
import zipml_plots as zp


def percent_above(members, full):
    return [100 * (r.final / full[r.seed] - 1) for r in members if r.seed in full]


def draw_line(ax, runs, full, kind, label, color, marker, shift):
    by_bits = {}
    for run in runs:
        if run.samples == kind:
            by_bits.setdefault(run.bits, []).append(run)
    values = {b: percent_above(members, full) for b, members in sorted(by_bits.items())}
    values = {b: v for b, v in values.items() if v and all(math.isfinite(x) for x in v)}
    if not values:
        return
    bits = np.array(list(values)) + shift
    ax.plot(bits, [np.median(v) for v in values.values()], marker + "-", color=color, label=label, zorder=3)
    ax.vlines(bits, [min(v) for v in values.values()], [max(v) for v in values.values()], color=color, alpha=0.5,
              linewidth=3)


def draw_chebyshev(ax, runs, full):
    """Of every degree and number of stored bits the split and delta with the lowest median."""
    groups = {}
    for run in runs:
        if run.samples == "chebyshev":
            samples = run.get("precision/samples")
            key = samples["degree"], nonlinear.stored_bits(samples)
            groups.setdefault(key, {}).setdefault(str(samples.get("delta")), []).append(run)
    for degree, (color, marker) in nonlinear.DEGREES.items():
        points = {}
        for (d, stored), deltas in sorted(groups.items()):
            values = [percent_above(members, full) for members in deltas.values()]
            values = [v for v in values if v]
            if d == degree and values:
                points[stored] = min(values, key=np.median)
        finite = {b: v for b, v in points.items() if math.isfinite(np.median(v))}
        if finite:
            ax.plot(list(finite), [np.median(v) for v in finite.values()], marker, linestyle=":", color=color,
                    markersize=7, label=f"Chebyshev, degree {degree}")


def draw(runs, out):
    fig, axes = plt.subplots(1, 2, figsize=(13, 5.4))
    for ax, letter, (_, title, kinds, model, name) in zip(axes, "ab", nonlinear.PANELS[2:]):
        chosen = nonlinear.of_panel(runs, kinds, model)
        ax.set_title(zp.wrap(f"({letter}) {name}, {chosen[0].title if chosen else title}", 60), loc="left")
        full = {r.seed: r.final for r in chosen if r.is_full}
        if not full:
            zp.say_missing(ax, "no results: not run")
            continue
        ax.set_yscale("symlog", linthresh=0.1)
        ax.yaxis.set_major_formatter(FuncFormatter(zp.plain))
        draw_line(ax, chosen, full, "deterministic", "deterministic rounding", zp.BLUE, "o", -0.05)
        draw_line(ax, chosen, full, "naive", "naive stochastic", zp.BLACK, "o", 0.05)
        draw_chebyshev(ax, chosen, full)
        ax.axhline(0, color="0.35", linewidth=1)
        ax.set_xlabel("stored bits a value")
        ax.set_ylabel("final loss above 32-bit [%]")
        ax.set_xticks(range(2, 9))
        ax.set_xlim(1.6, 8.4)
        ax.legend(loc="upper right", title=zp.setting_text(chosen), title_fontsize=7.5)
    fig.tight_layout(rect=(0, 0.05, 1, 1))
    zp.footnote(fig, "Final training loss, paired by seed: median; bars: least to largest. Chebyshev: symmetric products; of "
                     "every degree and storage the delta that ends lowest.\nVertical axis linear below 0.1%, logarithmic above.")
    zp.save(fig, out, "fig9_bits")


if __name__ == "__main__":
    sys.exit(zp.main("fig9_bits", draw))
