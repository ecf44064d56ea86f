"""Reconstructions at several precisions: which runs are which, and how slices are shown."""

import math

import numpy as np

import zipml_plots as zp

# Label, color, line style, and whether a run belongs there. Order: of the legend.
SERIES = [
    ("sinogram alone", zp.BLACK, (0, (4, 2)), lambda r: is_sinogram_only(r)),
    ("double sampling", zp.BLUE, "-", lambda r: is_data_only(r, "double_sampling", "uniform")),
    ("double sampling, optimal levels", zp.SKY, "-", lambda r: is_data_only(r, "double_sampling", "optimal_histogram")),
    ("naive", zp.RED, "--", lambda r: is_data_only(r, "naive", "uniform")),
    ("nearest level", zp.ORANGE, "-.", lambda r: is_data_only(r, "deterministic", "uniform")),
    ("end to end, double sampling", zp.GREEN, "-", lambda r: is_end_to_end(r)),
]

ROWS_ALONE = [
    ("double sampling", zp.BLUE, "-", lambda r: is_rows_only(r, "double_sampling")),
    ("naive", zp.RED, "--", lambda r: is_rows_only(r, "naive")),
    ("nearest level", zp.ORANGE, "-.", lambda r: is_rows_only(r, "deterministic")),
]


def sinogram_bits(run):
    """Bits of a stored line integral; None for float32."""
    return run.get("precision/labels/bits")


def _channels_are(run, kind):
    return run.get("precision/model/kind") == kind and run.get("precision/gradient/kind") == kind


def is_sinogram_only(run):
    return run.samples == "full" and _channels_are(run, "full") and sinogram_bits(run) is not None


def is_data_only(run, samples, levels):
    return (run.samples == samples and run.get("precision/samples/levels/kind") == levels
            and run.bits == sinogram_bits(run) and _channels_are(run, "full"))


def is_rows_only(run, samples):
    return run.samples == samples and _channels_are(run, "full") and sinogram_bits(run) is None


def is_end_to_end(run):
    return (run.samples == "double_sampling" and _channels_are(run, "quantized")
            and run.bits == sinogram_bits(run) == run.get("precision/model/bits") == run.get("precision/gradient/bits"))


def bytes_moved(run):
    """Bytes of a whole run. With the sinogram alone the rows are computed from the geometry and nothing else moves."""
    return run.image.label_bytes if is_sinogram_only(run) else (
        run.image.label_bytes + run.bytes_read + run.channel_bytes)


def share_moved(run, full):
    """Bytes over those of the same data in float32."""
    whole = full.image.label_bytes if is_sinogram_only(run) else bytes_moved(full)
    return bytes_moved(run) / whole


def quality_text(quality):
    return f"{quality['psnr']:.2f} dB, SSIM {quality['ssim']:.3f}, RMSE {quality['rmse']:.4f}"


def slice_psnr(image):
    """PSNR of the shown slice, with the range of densities that the filtered back-projection of that slice was held against."""
    error = float(np.sqrt(np.mean((image.pixels.astype(float) - image.truth) ** 2)))
    reference = image.back_projection_quality
    return reference["psnr"] + 20 * math.log10(reference["rmse"] / error) if error else math.inf


def show(ax, pixels, limits, cmap="gray"):
    """An image with y upwards, without axes."""
    shown = ax.imshow(pixels, origin="lower", cmap=cmap, vmin=limits[0], vmax=limits[1], interpolation="nearest")
    ax.set_xticks([])
    ax.set_yticks([])
    ax.grid(False)
    for side in ax.spines.values():
        side.set_visible(False)
    return shown


def display_limits(truth):
    """Densities that are shown as black and as white."""
    return float(truth.min()), float(truth.max())


def middle_run(runs):
    """Of several seeds the one with the median PSNR, so that a picture is neither the best nor the worst."""
    ordered = sorted(runs, key=lambda r: r.image.quality["psnr"])
    return ordered[(len(ordered) - 1) // 2] if ordered else None


def of_phantom(runs, name):
    """Runs of one phantom and one setting."""
    return zp.choose_setting([r for r in runs if r.image is not None and r.get("dataset/phantom") == name])
