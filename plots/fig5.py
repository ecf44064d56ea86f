"""Figure 5: loss against seconds: FPGA at 2 and at 32 bits (modelled); Hogwild and other CPU runs (measured)."""

import sys

import matplotlib.pyplot as plt
import numpy as np

import fpga_plots as fp
import zipml_plots as zp

PANELS = [
    ("a", "Synthetic 100", ("synthetic",), 100),
    ("b", "gisette", ("gisette", "gisette-like"), None),
]


def on_engine(runs, design, sampling=None):
    return [r for r in runs if r.fpga and r.fpga["design"] == design
            and (sampling is None or r.get("precision/samples/sampling") == sampling)]


def on_cpu(runs, bits=None):
    """Timed runs of synchronous mini-batches: float32, or the integer engine."""
    timed = [r for r in runs if not r.fpga and r.get("measure/timed")]
    return [r for r in timed if (r.is_full if bits is None else r.get("engine/kind") == "integer" and r.bits == bits)]


def curves_of(runs):
    """Modelled ones first, then measured ones."""
    hogwild = [r for r in runs if r.get("engine/kind") == "hogwild"]
    return [
        zp.Curve("modelled: FPGA 32-bit", on_engine(runs, "harp_float"), zp.BLACK, "-"),
        zp.Curve("modelled: FPGA 2-bit, fresh draws every epoch", on_engine(runs, "harp_q2", "fresh"), zp.RED, "-"),
        zp.Curve("modelled: FPGA 2-bit, draws stored once", on_engine(runs, "harp_q2", "once"), zp.ORANGE, "-"),
        zp.Curve("measured: CPU 32-bit, Hogwild", hogwild, zp.BLUE, ":"),
        zp.Curve("measured: CPU 32-bit, synchronous", on_cpu(runs), zp.BLACK, ":"),
        zp.Curve("measured: CPU 4-bit, draws stored once", on_cpu(runs, 4), zp.GREEN, ":"),
        zp.Curve("measured: CPU 2-bit, draws stored once", on_cpu(runs, 2), zp.ORANGE, ":"),
    ]


def seconds_of(run):
    """Cumulated, one entry an epoch of the trace from epoch 1 on."""
    epochs = len(run.loss) - 1
    times = run.fpga["seconds_per_epoch"] if run.fpga else run.wall["epoch_seconds"]
    return np.cumsum(times[:epochs])


def draw_timed(ax, curve):
    length = max(len(run.loss) for run in curve.runs)
    losses = np.array([zp._padded(run, length)[1:] for run in curve.runs])
    seconds = np.median([np.pad(seconds_of(run), (0, length - len(run.loss)), mode="edge") for run in curve.runs], axis=0)
    middle, low, high = np.median(losses, axis=0), losses.min(axis=0), losses.max(axis=0)
    ax.plot(seconds, middle, color=curve.color, linestyle=curve.style, marker=".", markersize=5,
            label=zp.wrap(curve.label, 46))
    ax.fill_between(seconds, low, np.minimum(high, 1e300), color=curve.color, alpha=0.18, linewidth=0)
    return middle


def draw_panel(ax, letter, title, runs):
    ax.set_title(zp.panel_title(letter, runs, title), loc="left")
    curves = curves_of(runs)
    present = [curve for curve in curves if curve.runs]
    if not present:
        zp.say_missing(ax, "no results: not run")
        return
    middles = [draw_timed(ax, curve) for curve in present]
    shown = [run for curve in present for run in curve.runs]
    zp.draw_minimum(ax, shown)
    zp.set_loss_axis(ax, shown, middles)
    for curve in curves:
        if not curve.runs:
            ax.plot([], [], color="none", label=f"{curve.label}: not run")
    ax.set_xscale("log")
    ax.set_xlabel("seconds (FPGA: modelled; CPU: measured)")
    ax.set_ylabel("training loss")
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.13), ncol=2, title=zp.setting_text(shown), title_fontsize=7.5)


def chosen_of(runs, kinds, features):
    return zp.choose_setting(zp.of_dataset(runs, *kinds, features=features), varies=("fpga", "engine"))


def overview(ax, runs):
    """Panel (a) for figure 1; whether there was anything to draw."""
    letter, title, kinds, features = PANELS[0]
    chosen = chosen_of(runs, kinds, features)
    if chosen:
        draw_panel(ax, letter, title, chosen)
    return bool(chosen)


def draw(runs, out):
    fig, axes = plt.subplots(1, 2, figsize=(13.5, 6.4))
    for ax, (letter, title, kinds, features) in zip(axes, PANELS):
        draw_panel(ax, letter, title, chosen_of(runs, kinds, features))
    fig.tight_layout(rect=(0, 0.1, 1, 1))
    zp.footnote(fig, "FPGA: loss of our training after every epoch from the first, seconds of the clocked model of the "
                     "published HARP v1 engines. " + fp.boards_text(runs)
                     + "\nFresh draws: the time to write them to the memory is not counted; nor that of draws stored "
                       "once. CPU: wall time of training, not reproducible; " + zp.where_text(runs) + ".\n" + zp.BAND_NOTE)
    zp.save(fig, out, "fig5")


if __name__ == "__main__":
    sys.exit(zp.main("fig5", draw))
