"""Quality of a reconstruction against the bits of its data, and against the bytes moved (ours)."""

import sys

import matplotlib.pyplot as plt
import numpy as np

import tomography as tomo
import zipml_plots as zp

ALLOWED_LOSS = 0.5  # decibel, as in docs/claims.md


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


def draw(runs, out):
    runs = tomo.of_phantom(runs, "shepp-logan")
    full = [r for r in runs if r.is_full]
    fig, axes = plt.subplots(1, 2, figsize=(13, 5.2), sharey=True)
    if not full:
        for ax in axes:
            zp.say_missing(ax, "32-bit: not run")
    else:
        middle = [draw_reference(ax, full) for ax in axes][0]
        low = middle
        for label, color, style, belongs in tomo.SERIES:
            members = [r for r in runs if belongs(r)]
            if not members:
                axes[0].plot([], [], color="none", label=f"{label}: not run")
                continue
            draw_series(axes[0], members, tomo.sinogram_bits, label, color, style)
            draw_series(axes[1], members, lambda r: 100 * tomo.share_moved(r, full[0]), label, color, style)
            low = min(low, np.median(psnr([r for r in members if tomo.sinogram_bits(r) >= 4])))
        axes[0].set_ylim(max(low - 8, 0), middle + 0.8)
        axes[0].legend(loc="lower right", title=f"{zp.setting_text(full)}", title_fontsize=7.5)
        axes[0].set_xticks(sorted({tomo.sinogram_bits(r) for r in runs} - {None}))
    axes[0].set_title(zp.panel_title("a", runs, "Shepp-Logan phantom"), loc="left")
    axes[0].set_xlabel("bits b of every quantized value")
    axes[0].set_ylabel("PSNR in dB")
    axes[1].set_title("(b) against what is moved", loc="left")
    axes[1].set_xlabel("bytes moved, % of float32 (both draws and all scales counted)")
    fig.tight_layout(rect=(0, 0.05, 1, 1))
    zp.footnote(fig, zp.BAND_NOTE + " Double sampling, naive, nearest: rows and sinogram at b bits, model and gradient "
                "in float32. Sinogram alone: rows are computed\nfrom the geometry, and its share is of the float32 "
                "sinogram. End to end: model and gradient at b bits too. Below the axis: worse than shown.")
    zp.save(fig, out, "tomography_bits")


if __name__ == "__main__":
    sys.exit(zp.main("tomography_bits", draw))
