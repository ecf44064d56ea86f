"""Figure 11: least-squares SVM, end to end at 3 bits, (a) cod-rna, (b) gisette."""

import sys

import end_to_end
import zipml_plots as zp


def draw(runs, out):
    end_to_end.draw_panels("fig11", [
        ("a", "cod-rna", zp.of_dataset(runs, "cod-rna", "cod-rna-like"), 3),
        ("b", "gisette", zp.of_dataset(runs, "gisette", "gisette-like"), 3),
    ], out)


if __name__ == "__main__":
    sys.exit(zp.main("fig11", draw))
