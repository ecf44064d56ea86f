"""Figure 10: uniform against variance-optimal levels on six sets, and the same above the minimum (fig10_excess)."""

import sys

import matplotlib.pyplot as plt

import zipml_plots as zp

# Bits of both curves in every panel.
PAPER_BITS = (2, 4, 5, 3, 2, 2)

SWAP_NOTE = ("The paper prints the captions of its figures 8 and 10 under each other's panels; "
             "this is figure 10 by its panels: uniform against optimal levels.")


def draw_grid(panels, draw_panel, note, out, name):
    fig, axes = plt.subplots(2, 3, figsize=(15, 8.8))
    for ax, panel in zip(axes.flat, panels):
        draw_panel(ax, *panel)
    fig.tight_layout(rect=(0, 0.04, 1, 1))
    zp.footnote(fig, zp.BAND_NOTE + " " + note + "\n" + SWAP_NOTE)
    zp.save(fig, out, name)


def draw(runs, out):
    panels = []
    for (letter, title, kinds, features), bits in zip(zp.REGRESSION_SETS, PAPER_BITS):
        chosen = zp.choose_setting(zp.of_dataset(runs, *kinds, features=features))
        curves = [zp.Curve("32-bit", [r for r in chosen if r.is_full], zp.BLACK, "-"),
                  zp.Curve(f"{bits}-bit uniform levels", zp.double_sampled(chosen, bits, "uniform"), zp.BLUE, "-."),
                  zp.Curve(f"{bits}-bit optimal levels", zp.double_sampled(chosen, bits, "optimal"), zp.RED, "--")]
        panels.append((letter, title, chosen, curves))
    draw_grid(panels, zp.draw_loss_panel, "Bits as stored: both draws included.", out, "fig10")
    draw_grid(panels, zp.draw_excess_panel, "Above the exact least-squares minimum.", out, "fig10_excess")


if __name__ == "__main__":
    sys.exit(zp.main("fig10", draw))
