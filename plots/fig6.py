"""Figure 6: mini-batches of 16 and 256 at 32 and 3 bits, Synthetic 100."""

import sys

import matplotlib.pyplot as plt

import zipml_plots as zp

BITS = 3
BATCHES = [(16, zp.BLUE, "-"), (256, zp.RED, "--")]


def draw(runs, out):
    runs = zp.choose_setting(zp.of_dataset(runs, "synthetic", features=100), batch_varies=True)
    kinds = [
        ("32 bits", [r for r in runs if r.is_full]),
        (f"{BITS} bits, double sampling", [r for r in runs if r.samples == "double_sampling" and r.bits == BITS]),
    ]
    fig, axes = plt.subplots(1, 2, figsize=(12, 4.9), sharey=True)
    for ax, letter, (kind, members) in zip(axes, "ab", kinds):
        curves = []
        for batch, color, style in BATCHES:
            chosen = [r for r in members if r.get("solver/batch") == batch]
            alpha = f", step {chosen[0].alpha:g}" if chosen else ""
            curves.append(zp.Curve(f"batch {batch}{alpha}", chosen, color, style))
        zp.draw_loss_panel(ax, letter, "Synthetic 100", members, curves)
        ax.set_title(zp.panel_title(letter, members, "Synthetic 100") + ", " + kind, loc="left")
    limits = [ax.get_ylim() for ax in axes if ax.lines]
    if limits:
        axes[0].set_ylim(min(low for low, _ in limits), max(high for _, high in limits))
    fig.tight_layout(rect=(0, 0.035, 1, 1))
    zp.footnote(fig, zp.BAND_NOTE + " Both panels share their loss axis.")
    zp.save(fig, out, "fig6")


if __name__ == "__main__":
    sys.exit(zp.main("fig6", draw))
