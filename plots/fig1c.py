"""Figure 1(c): slices at 32 and 12 bits side by side, with their differences."""

import sys

import matplotlib.pyplot as plt

import tomography as tomo
import zipml_plots as zp

PHANTOMS = [("a", "shepp-logan", "Shepp-Logan phantom"), ("b", "thorax", "thorax-like phantom")]
HEADS = ["phantom", "32 bits", "12-bit sinogram", "12 bits end to end", "32-bit minus 12-bit end to end",
         "32-bit minus phantom"]


def pictures(runs):
    """What stands in the columns after the phantom: 32-bit, 12-bit sinogram, 12-bit end to end; None: not run."""
    full = tomo.middle_run([r for r in runs if r.is_full])
    seed = full.seed if full else None
    same_seed = lambda test: next((r for r in runs if test(r) and r.seed == seed), None)  # noqa: E731
    return (full, same_seed(lambda r: tomo.is_sinogram_only(r) and tomo.sinogram_bits(r) == 12),
            same_seed(lambda r: tomo.is_end_to_end(r) and r.bits == 12))


def note(run, full):
    text = tomo.quality_text(run.image.quality)
    if run is full:
        reference = run.image.back_projection_quality["psnr"]
        return text + f"\nthis slice: {tomo.slice_psnr(run.image):.2f} dB; filtered back-projection: {reference:.2f} dB"
    what = "of the sinogram" if tomo.is_sinogram_only(run) else "in all, both draws counted"
    return text + f"\n{1 / tomo.share_moved(run, full):.3g}x fewer bytes {what}"


def draw_row(fig, axes, letter, fallback, runs):
    shown = pictures(runs)
    full = shown[0]
    title = runs[0].title if runs else fallback
    axes[0].set_ylabel(f"({letter}) " + title.replace(", ", ",\n"))
    if full is None:
        for ax in axes:
            zp.say_missing(ax, "not run")
        return
    limits = tomo.display_limits(full.image.truth)
    tomo.show(axes[0], full.image.truth, limits)
    for ax, run in zip(axes[1:4], shown):
        if run is None:
            zp.say_missing(ax, "not run")
            continue
        tomo.show(ax, run.image.pixels, limits)
        ax.set_xlabel(note(run, full), fontsize=8)
    draw_differences(axes[4:], full, shown[2])


def draw_differences(axes, full, low):
    others = [(axes[0], low.image.pixels if low else None), (axes[1], full.image.truth)]
    for ax, other in others:
        if other is None:
            zp.say_missing(ax, "not run")
            continue
        difference = full.image.pixels - other
        bound = abs(difference).max() or 1.0
        tomo.show(ax, difference, (-bound, bound), "RdBu_r")
        ax.set_xlabel(f"blue: {-bound:.2g}, white: 0, red: {bound:.2g}", fontsize=8)


def overview(axes, runs):
    """The three slices of figure 1's panel: phantom, 32 bits, 12 bits end to end. True if they could be drawn."""
    runs = tomo.of_phantom(runs, "thorax") or tomo.of_phantom(runs, "shepp-logan")
    full, _, low = pictures(runs)
    if full is None or low is None:
        return False
    limits = tomo.display_limits(full.image.truth)
    for ax, pixels, head, quality in (
            (axes[0], full.image.truth, "phantom", None), (axes[1], full.image.pixels, "32 bits", full.image.quality),
            (axes[2], low.image.pixels, "12 bits end to end", low.image.quality)):
        tomo.show(ax, pixels, limits)
        ax.set_title(head, fontsize=9)
        if quality:
            ax.set_xlabel(f"{quality['psnr']:.2f} dB, SSIM {quality['ssim']:.3f}", fontsize=8)
    axes[0].set_xlabel(zp.wrap(full.title, 30), fontsize=8)
    return True


def draw(runs, out):
    fig, axes = plt.subplots(2, 6, figsize=(17, 6.9), gridspec_kw={"wspace": 0.06, "hspace": 0.22})
    for row, (letter, name, fallback) in zip(axes, PHANTOMS):
        draw_row(fig, row, letter, fallback, tomo.of_phantom(runs, name))
    for ax, head in zip(axes[0], HEADS):
        ax.set_title(head)
    zp.footnote(fig, "Slice of the seed with the median PSNR; PSNR, SSIM and RMSE are those of the whole volume. Grey "
                "values: from the least to the greatest density of the phantom. Differences have scales of their own.")
    fig.subplots_adjust(left=0.045, right=0.995, top=0.95, bottom=0.085)
    zp.save(fig, out, "fig1c")


if __name__ == "__main__":
    sys.exit(zp.main("fig1c", draw))
