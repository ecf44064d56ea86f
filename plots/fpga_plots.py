"""What the figures of the FPGA engines share."""

import numpy as np

import zipml_plots as zp

NAMES = {"clock_hz": "clock", "memory/rate": "memory rate"}
CAUSES = {"memory_bandwidth": "the memory's bandwidth", "compute": "computing", "batch_dependency": "waiting for the batch"}


def texts(values):
    return [value.decode() if isinstance(value, bytes) else str(value) for value in values]


def rate(run):
    lines, cycles = run.get("fpga/platform/memory/rate")
    return lines / cycles


def seconds_an_epoch(run):
    return float(np.mean(run.fpga["seconds_per_epoch"]))


def seconds_after(run, epochs):
    return float(run.fpga["seconds_per_epoch"][:epochs].sum())


def is_memory_bound(run):
    return run.fpga["binds"] == "memory_bandwidth"


def board_text(run):
    """'harp_qpi: 200 MHz, .508 lines a cycle (clock, memory rate not confirmed)'."""
    doubts = [NAMES.get(name, name) for name in texts(run.fpga["unconfirmed"])]
    return (f"{run.fpga['platform']}: {run.fpga['clock_hz'] / 1e6:g} MHz, {rate(run):.3g} lines a cycle"
            + (f" ({', '.join(doubts)} NOT confirmed)" if doubts else ""))


def boards_text(runs):
    return "Boards: " + "; ".join(sorted({board_text(run) for run in runs if run.fpga})) + "."


def draw_bound_legend(ax, **options):
    """Filled and hollow markers, as a second legend."""
    handles = [zp.plt.Line2D([], [], color="0.3", marker="o", linestyle="", markerfacecolor=face, label=label)
               for face, label in (("0.3", "the memory's bandwidth binds"), ("white", "something else binds"))]
    first = ax.get_legend()
    ax.legend(handles=handles, **options)
    if first:
        ax.add_artist(first)
