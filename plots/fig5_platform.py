"""Figure 5, the engines alone: seconds an epoch against the memory's rate and the clock, which are not confirmed."""

import sys

import matplotlib.pyplot as plt
from matplotlib.ticker import FuncFormatter, NullFormatter

import fpga_plots as fp
import zipml_plots as zp

PANELS = [("a", "Synthetic 100", 101), ("b", "gisette", 5001)]
SERIES = [("harp_float", "float", zp.BLACK, "-"), ("harp_q2", "Q2", zp.RED, "--"), ("harp_q1", "Q1", zp.BLUE, ":")]
FIXED_CLOCK = 200e6
# Columns: what varies, its axis, and the runs that belong there.
COLUMNS = [
    ("memory rate, lines of 64 bytes a cycle", fp.rate, lambda r: r.fpga["clock_hz"] == FIXED_CLOCK, "at 200 MHz"),
    ("clock [MHz]", lambda r: r.fpga["clock_hz"] / 1e6,
     lambda r: abs(min(1.0, 6.5e9 / 64 / r.fpga["clock_hz"]) - fp.rate(r)) < 1e-3, "at 6.5 GB/s"),
]


def draw_ratio(ax, points):
    """Above the points of float: how many times Q2's seconds they are."""
    for place, run in points["harp_float"].items():
        crowded = any(0 < abs(place - other) < 0.02 and fp.rate(r) < fp.rate(run) for other, r in points["harp_float"].items())
        if place in points["harp_q2"] and not crowded:
            value = fp.seconds_an_epoch(run)
            ratio = value / fp.seconds_an_epoch(points["harp_q2"][place])
            ax.annotate(f"{ratio:.2f}x", (place, 1e3 * value), (0, 9), textcoords="offset points", ha="center", fontsize=8.5)


def draw_panel(ax, runs, place_of):
    points = {design: dict(sorted({place_of(r): r for r in runs if r.fpga["design"] == design}.items()))
              for design, *_ in SERIES}
    for design, label, color, style in SERIES:
        places, members = list(points[design]), list(points[design].values())
        values = [1e3 * fp.seconds_an_epoch(r) for r in members]
        ax.plot(places, values, color=color, linestyle=style, label=label if members else f"{label}: not run")
        for place, value, run in zip(places, values, members):
            ax.plot(place, value, "o", color=color, markerfacecolor=color if fp.is_memory_bound(run) else "white")
    draw_ratio(ax, points)
    ax.set_yscale("log")
    ax.yaxis.set_major_formatter(FuncFormatter(zp.plain))
    ax.yaxis.set_minor_formatter(NullFormatter())
    low, high = ax.get_ylim()
    ax.set_ylim(low, high * (high / low) ** 0.4)
    ax.set_ylabel("milliseconds an epoch")


def draw(runs, out):
    fig, axes = plt.subplots(2, 2, figsize=(13, 9))
    for row, (letter, title, features) in zip(axes, PANELS):
        of_shape = [r for r in runs if r.fpga and r.fpga["features"] == features]
        for ax, (axis, place_of, belongs, where) in zip(row, COLUMNS):
            members = [r for r in of_shape if belongs(r)]
            rows = f", {members[0].fpga['rows']:,} rows of {features:,}" if members else ""
            ax.set_title(f"({letter}) shape of {title}{rows}: {where}", loc="left")
            if not members:
                zp.say_missing(ax, "no results: not run")
                continue
            draw_panel(ax, members, place_of)
            ax.set_xlabel(axis)
            ax.legend(loc="upper right")
            fp.draw_bound_legend(ax, loc="upper left")
    fig.tight_layout(rect=(0, 0.05, 1, 1))
    zp.footnote(fig, "Clocked model of the published HARP v1 engines; the bias feature is counted. Over the points: float / Q2. No engine takes "
                     "more than a line a cycle."
                     "\nNeither 200 MHz nor 6.5 GB/s (.508 lines a cycle) is confirmed: both are from memory of the "
                     "FCCM 2017 paper.")
    zp.save(fig, out, "fig5_platform")


if __name__ == "__main__":
    sys.exit(zp.main("fig5_platform", draw))
