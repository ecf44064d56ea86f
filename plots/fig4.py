"""Figure 4: end-to-end low precision, (a) Synthetic 100 regression, (b) gisette LS-SVM."""

import sys

import end_to_end
import zipml_plots as zp


def overview(ax, runs):
    """Panel a alone, for figure 1."""
    chosen = zp.choose_setting(zp.of_dataset(runs, "synthetic", features=100))
    zp.draw_loss_panel(ax, "", "Synthetic 100", chosen, end_to_end.curves_of(chosen, 4))
    return bool(chosen)


def draw(runs, out):
    end_to_end.draw_panels("fig4", [
        ("a", "Synthetic 100", zp.of_dataset(runs, "synthetic", features=100), 4),
        ("b", "gisette", zp.of_dataset(runs, "gisette", "gisette-like"), 3),
    ], out)


if __name__ == "__main__":
    sys.exit(zp.main("fig4", draw))
