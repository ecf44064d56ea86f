"""Quality of a reconstruction against the bits of its data, and against the bytes moved (ours)."""

import sys

import matplotlib.pyplot as plt
import numpy as np

import tomography as tomo
import zipml_plots as zp

ALLOWED_LOSS = 0.5  # decibel, as in docs/claims.md
SHOWN_LOSS = 8  # decibel below 32-bit


def psnr(runs):
    return [r.image.quality["psnr"] for r in runs]


def points(runs, place):
    """Place on the axis -> PSNR of its runs, in order."""
    found = {}
    for run in runs:
        found.setdefault(place(run), []).append(run.image.quality["psnr"])
    return sorted(found.items())


def draw_series(ax, runs, place, label, color, style):
    found = points(runs, place)
    x = [at for at, _ in found]
    ax.plot(x, [np.median(values) for _, values in found], color=color, linestyle=style, marker="o", markersize=4,
            label=label)
    ax.fill_between(x, [min(values) for _, values in found], [max(values) for _, values in found], color=color,
                    alpha=0.18, linewidth=0)


def draw_reference(ax, full):
    middle = float(np.median(psnr(full)))
    ax.axhline(middle, color="0.35", linewidth=1.2, label=f"32-bit: {middle:.2f} dB")
    ax.axhspan(middle - ALLOWED_LOSS, middle, color="0.5", alpha=0.18, linewidth=0,
               label=f"at most {ALLOWED_LOSS} dB below it")
    return middle


def draw_panel(ax, runs, series, place):
    for label, color, style, belongs in series:
        members = [r for r in runs if belongs(r)]
        if members:
            draw_series(ax, members, place, label, color, style)
        else:
            ax.plot([], [], color="none", label=f"{label}: not run")


def draw(runs, out):
    runs = tomo.of_phantom(runs, "shepp-logan")
    full = [r for r in runs if r.is_full]
    fig, axes = plt.subplots(1, 3, figsize=(17, 5.2), sharey=True)
    if not full:
        for ax in axes:
            zp.say_missing(ax, "32-bit: not run")
    else:
        middle = [draw_reference(ax, full) for ax in axes][0]
        draw_panel(axes[0], runs, tomo.SERIES, tomo.sinogram_bits)
        draw_panel(axes[1], runs, tomo.SERIES, lambda r: 100 * tomo.share_moved(r, full[0]))
        draw_panel(axes[2], runs, tomo.ROWS_ALONE, lambda r: r.bits)
        axes[0].set_ylim(middle - SHOWN_LOSS, middle + 2.2)
        axes[0].legend(loc="lower right", title=zp.setting_text(full), title_fontsize=7.5)
        axes[2].legend(loc="lower right")
        for ax, bits in ((axes[0], tomo.sinogram_bits), (axes[2], lambda r: r.bits if not tomo.sinogram_bits(r) else None)):
            ax.set_xticks(sorted({bits(r) for r in runs} - {None}))
    axes[0].set_title(zp.panel_title("a", runs, "Shepp-Logan phantom"), loc="left")
    axes[0].set_xlabel("bits b of every quantized value")
    axes[0].set_ylabel("PSNR in dB")
    axes[1].set_title("(b) the same against what is moved", loc="left")
    axes[1].set_xlabel("bytes moved, % of float32 (both draws and all scales counted)")
    axes[2].set_title("(c) rows alone, sinogram in float32", loc="left")
    axes[2].set_xlabel("bits b of a weight")
    fig.tight_layout(rect=(0, 0.06, 1, 1))
    zp.footnote(fig, zp.BAND_NOTE + f" Points more than {SHOWN_LOSS} dB below 32-bit lie outside. (a), (b): double sampling, naive and "
                "nearest quantize rows and sinogram; end to end model and gradient as well.\nSinogram alone: rows are computed from the "
                "geometry, and the share is of the float32 sinogram.")
    zp.save(fig, out, "tomography_bits")


if __name__ == "__main__":
    sys.exit(zp.main("tomography_bits", draw))
