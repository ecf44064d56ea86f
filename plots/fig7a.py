"""Figure 7(a): uniform levels at 3 and 5 bits, optimal levels at 3 bits and full precision on YearPrediction."""

import sys

import matplotlib.pyplot as plt

import zipml_plots as zp

# Levels, bits, colour, line; 4 bits are ours.
SERIES = [
    ("uniform", 3, zp.ORANGE, ":"),
    ("uniform", 4, zp.SKY, "-."),
    ("uniform", 5, zp.BLUE, "-."),
    ("optimal", 3, zp.RED, "--"),
]


def curves_of(runs):
    curves = [zp.Curve("32-bit", [r for r in runs if r.is_full], zp.BLACK, "-")]
    for levels, bits, color, style in SERIES:
        members = zp.double_sampled(runs, bits, levels)
        curves.append(zp.Curve(f"{bits}-bit {levels} levels", members, color, style))
    return curves


def draw(runs, out):
    runs = zp.choose_setting(zp.of_dataset(runs, "year-prediction", "year-like"))
    curves = curves_of(runs)
    fig, (whole, excess) = plt.subplots(1, 2, figsize=(13, 5))
    zp.draw_loss_panel(whole, "", "YearPrediction", runs, curves)
    zp.draw_excess_panel(excess, "", "YearPrediction", runs, curves)
    excess.set_title("the same, above the exact minimum", loc="left")
    fig.tight_layout(rect=(0, 0.035, 1, 1))
    zp.footnote(fig, zp.BAND_NOTE + " Only the samples are quantized. Bits as stored: both draws included.")
    zp.save(fig, out, "fig7a")


if __name__ == "__main__":
    sys.exit(zp.main("fig7a", draw))
