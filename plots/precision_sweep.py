"""Ours: seconds until the training loss is 1% above the exact minimum, against bits, for every engine and board."""

import math
import sys

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import FuncFormatter

import fpga_plots as fp
import zipml_plots as zp

PANELS = [
    ("a", "Synthetic 100", ("synthetic",), 100),
    ("b", "YearPrediction", ("year-prediction", "year-like"), None),
]
# Beginning of the designs' names, board, draws, label, colour, line.
FAMILIES = [
    ("harp_", "harp_qpi", "fresh", "HARP v1 behind QPI, fresh draws", zp.RED, "-"),
    ("harp_", "harp_qpi", "once", "HARP v1 behind QPI, draws stored once", zp.ORANGE, "--"),
    ("harp_", "harp", "fresh", "HARP v1, a line every cycle, fresh draws", zp.BLACK, "-."),
    ("mlweaving", "harp2", None, "MLWeaving", zp.GREEN, ":"),
    ("pynq_", "pynq", None, "PYNQ", zp.BLUE, "-"),
]


def of_family(runs, prefix, board, sampling):
    """By bits; float is the same for both kinds of draws."""
    members = {}
    for run in runs:
        if not run.fpga or not run.fpga["design"].startswith(prefix) or run.fpga["platform"] != board:
            continue
        if sampling is None or run.samples == "full" or run.get("precision/samples/sampling") == sampling:
            members.setdefault(int(run.fpga["bits"]), []).append(run)
    return dict(sorted(members.items()))


def seconds_to(run):
    """Infinite if the run does not get there."""
    reached = np.flatnonzero(run.loss[1:] <= 1.01 * run.minimum)
    return fp.seconds_after(run, int(reached[0]) + 1) if reached.size else math.inf


def takeover(members):
    """'computing takes over at 1 bit': the most bits at which the memory does not bind, if it binds somewhere."""
    free = [bits for bits, runs in members.items() if not fp.is_memory_bound(runs[0])]
    if not free:
        return "the memory binds everywhere"
    cause = fp.CAUSES.get(members[max(free)][0].fpga["binds"], members[max(free)][0].fpga["binds"])
    if len(free) == len(members):
        return f"bound by {cause}" if len({runs[0].fpga["binds"] for runs in members.values()}) == 1 else "never bound by the memory"
    return f"{cause} takes over at {max(free)} bit{'s' if max(free) > 1 else ''}"


def draw_family(ax, members, label, color, style):
    values = {bits: np.median([seconds_to(r) for r in runs]) for bits, runs in members.items()}
    there = [bits for bits in values if np.isfinite(values[bits])]
    ax.plot(there, [values[b] for b in there], color=color, linestyle=style, label=f"{label}: {takeover(members)}")
    for bits in there:
        face = color if fp.is_memory_bound(members[bits][0]) else "white"
        ax.plot(bits, values[bits], "o", color=color, markerfacecolor=face)
        ends = [seconds_to(r) for r in members[bits]]
        if np.isfinite(max(ends)):
            ax.vlines(bits, min(ends), max(ends), color=color, alpha=0.5, linewidth=3)
    return [b for b in values if b not in there]


def draw_panel(ax, runs):
    ax.set_yscale("log")
    lost = []
    for prefix, board, sampling, label, color, style in FAMILIES:
        members = of_family(runs, prefix, board, sampling)
        if not members:
            ax.plot([], [], color="none", label=f"{label}: not run")
            continue
        lost.append((draw_family(ax, members, label, color, style), color))
    low, high = ax.get_ylim()
    decades = math.log10(high / low)
    line = lambda place: high * 10 ** (decades * (0.06 + 0.045 * place))  # noqa: E731
    for place, (bits, color) in enumerate(lost):
        ax.plot(bits, [line(place)] * len(bits), "x", color=color, markeredgewidth=2)
    ax.axhline(high, color="0.5", linewidth=0.8)
    ax.text(36, line(2), "crosses: never there", fontsize=8, color="0.3", va="center", ha="right")
    ax.set_ylim(low, line(len(lost) + 10))
    ax.set_xscale("log", base=2)
    ax.set_xlim(0.85, 38)
    ax.set_xticks([1, 2, 3, 4, 6, 8, 16, 32])
    ax.xaxis.set_major_formatter(FuncFormatter(zp.plain))
    ax.xaxis.set_minor_locator(plt.NullLocator())
    ax.set_xlabel("bits of a draw as the engine reads it (32: float, or all planes)")
    ax.set_ylabel("seconds to 1% above the minimum")
    ax.legend(loc="upper left", title=zp.setting_text(runs), title_fontsize=7.5, fontsize=8)


def draw(runs, out):
    fig, axes = plt.subplots(1, 2, figsize=(15, 6.6))
    for ax, (letter, title, kinds, features) in zip(axes, PANELS):
        chosen = zp.choose_setting(zp.of_dataset(runs, *kinds, features=features), varies=("fpga",))
        ax.set_title(zp.panel_title(letter, chosen, title), loc="left")
        if not any(r.fpga for r in chosen):
            zp.say_missing(ax, "no results: not run")
            continue
        draw_panel(ax, chosen)
    fig.tight_layout(rect=(0, 0.07, 1, 1))
    zp.footnote(fig, "Filled: the memory's bandwidth binds; hollow: something else. Computing: the engine takes in what it can, a "
                     "line (PYNQ: a word) a cycle, Q1 half a line. Whole epochs; points: median over seeds, bars: least to "
                     "largest.\n" + fp.boards_text(runs))
    zp.save(fig, out, "precision_sweep")


if __name__ == "__main__":
    sys.exit(zp.main("precision_sweep", draw))
