"""Section 2.2: deterministic rounding and naive quantization settle above full precision."""

import sys

import matplotlib.pyplot as plt
import numpy as np

import zipml_plots as zp

# Series as the paper draws them, then ours: kind, sampling, label, colour, line.
SERIES = [
    ("full", None, "32-bit", zp.BLACK, "-"),
    ("deterministic", None, "deterministic rounding", zp.RED, "-."),
    ("naive", "fresh", "naive stochastic", zp.ORANGE, "--"),
    ("naive", "once", "naive, quantized once", zp.ORANGE, ":"),
    ("double_sampling", "fresh", "double sampling", zp.BLUE, "--"),
    ("double_sampling", "once", "double sampling, once", zp.BLUE, ":"),
]


def curves_of(runs):
    curves = []
    for kind, sampling, label, color, style in SERIES:
        members = [r for r in runs if r.samples == kind
                   and (sampling is None or r.get("precision/samples/sampling") == sampling)]
        if members and kind != "full":
            label = f"{members[0].bits}-bit {label}"
        curves.append(zp.Curve(label, members, color, style))
    return curves


def draw_tail(ax, curves):
    """The last half of the epochs, where the curves have settled, with its own loss axis."""
    ax.set_title("the last half, seen closely", loc="left")
    if not curves:
        zp.say_missing(ax, "no results: not run")
        return
    runs = [run for curve in curves for run in curve.runs]
    length = max(len(run.loss) for run in runs)
    first = max(1, length // 2)
    middles = [zp.draw_curve(ax, curve) for curve in curves]
    zp.draw_minimum(ax, runs)
    seen = np.concatenate([m[first:][np.isfinite(m[first:])] for m in middles]
                          + [r.loss[first:] for r in runs if not r.diverged]
                          + [[r.minimum] for r in runs if np.isfinite(r.minimum)])
    if seen.size:
        margin = 0.06 * (seen.max() - seen.min()) or 0.01 * abs(seen.max())
        ax.set_ylim(seen.min() - margin, seen.max() + margin)
    ax.set_xlim(first, length - 1)
    zp.label_axes(ax)


def draw(runs, out):
    runs = zp.choose_setting(zp.of_dataset(runs, "synthetic"))
    curves = curves_of(runs)
    fig, (whole, tail) = plt.subplots(1, 2, figsize=(12, 4.9))
    zp.draw_loss_panel(whole, "", "Synthetic 100", runs, curves)
    draw_tail(tail, [c for c in curves if c.runs])
    fig.tight_layout(rect=(0, 0.035, 1, 1))
    zp.footnote(fig, zp.BAND_NOTE + " Labels are scaled to [-1, 1]. Bits as stored: double sampling stores both draws.")
    zp.save(fig, out, "bias")


if __name__ == "__main__":
    sys.exit(zp.main("bias", draw))
