"""Ours: what the FPGA engines' fixed point and stale model do to convergence."""

import sys

import matplotlib.pyplot as plt
import numpy as np

import zipml_plots as zp

FAMILIES = [("a", "HARP v1, both draws", "harp"), ("b", "PYNQ, one draw, nearest", "pynq")]
DESIGNS = [("float", zp.ORANGE, "o"), ("q8", zp.GREEN, "s"), ("q4", zp.BLUE, "^"), ("q2", zp.PINK, "D"),
           ("q1", zp.RED, "v")]


def of(runs, design, arithmetic):
    return [r for r in runs if r.get("measure/arithmetic") == arithmetic
            and (design is None or r.get("measure/design") == design)]


def draw_curves(ax, runs, letter, title, family):
    ax.set_title(f"({letter}) {title}: clocked (lines), in program order (dots)", loc="left")
    for name, color, _ in DESIGNS:
        design = f"{family}_{name}"
        clocked, ordered = of(runs, design, "hardware"), of(runs, design, "in_order")
        if not clocked:
            ax.plot([], [], color="none", label=f"{design}: not run")
            continue
        zp.draw_curve(ax, zp.Curve(design, clocked, color, "-"))
        if ordered:
            middle = np.median([r.loss for r in ordered], axis=0)
            ax.plot(range(len(middle)), middle, color=color, linestyle="", marker=".", markersize=3.5)
    reference = of(runs, None, "float64")
    if reference:
        zp.draw_curve(ax, zp.Curve("SGD in doubles", reference, zp.BLACK, (0, (1, 1.5))))
    ax.set_yscale("log")
    zp.label_axes(ax)
    ax.legend(loc="lower left")


def draw_staleness(ax, runs):
    ax.set_title("(c) final loss of the clocked engine over the same in program order", loc="left")
    labels, most = [], 1.0
    for family in ("harp", "pynq"):
        for name, color, marker in DESIGNS:
            design = f"{family}_{name}"
            ordered = {r.seed: r for r in of(runs, design, "in_order")}
            gaps = [100 * (r.final / ordered[r.seed].final - 1) for r in of(runs, design, "hardware")
                    if r.seed in ordered]
            if gaps:
                most = max(most, *gaps)
                ax.plot([len(labels)] * len(gaps), gaps, color=color, marker=marker, linestyle="", markerfacecolor="none")
            labels.append(design.replace("_", "\n"))
    ax.axhline(0, color="0.35", linewidth=1)
    ax.axhline(1, color="0.35", linewidth=1, linestyle=(0, (4, 3)))
    ax.set_yscale("symlog", linthresh=1)
    ax.set_ylim(-1, 1.5 * most)
    ax.set_xticks(range(len(labels)), labels)
    ax.set_ylabel("% (one mark a seed; dashed: 1%)")


def draw(runs, out):
    runs = zp.choose_setting(zp.of_dataset(runs, "synthetic"))
    fig, axes = plt.subplots(1, 3, figsize=(18, 5.2))
    for ax, (letter, title, family) in zip(axes, FAMILIES):
        draw_curves(ax, runs, letter, title, family)
    draw_staleness(axes[2], runs)
    fig.tight_layout(rect=(0, 0.035, 1, 1))
    zp.footnote(fig, zp.BAND_NOTE + " Loss on the unquantized rows, features in [0, 1], labels in [-1, 1].")
    zp.save(fig, out, "fpga_numerics")


if __name__ == "__main__":
    sys.exit(zp.main("fpga_numerics", draw))
