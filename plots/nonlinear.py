"""What the figures of the negative result share: the four panels, and how estimators are named and drawn."""

import math

import zipml_plots as zp

# Letter, the paper's title of the data set, kinds, loss, its name.
PANELS = [
    ("a", "gisette", ("gisette", "gisette-like"), "hinge", "SVM"),
    ("b", "gisette", ("gisette", "gisette-like"), "logistic", "logistic"),
    ("c", "cod-rna", ("cod-rna", "cod-rna-like"), "hinge", "SVM"),
    ("d", "cod-rna", ("cod-rna", "cod-rna-like"), "logistic", "logistic"),
]

# Colours and markers of the Chebyshev estimators, by degree.
DEGREES = {1: (zp.SKY, "v"), 3: (zp.GREEN, "s"), 7: (zp.PINK, "D"), 15: (zp.RED, "^")}


def of_panel(runs, kinds, model):
    return zp.choose_setting([r for r in zp.of_dataset(runs, *kinds) if r.get("model/kind") == model])


def stored_bits(samples):
    """Bits of a stored value: the draws of a Chebyshev estimator share their base, and their number is counted."""
    bits, levels = samples["bits"], 2 ** samples["bits"]
    if samples["kind"] != "chebyshev":
        return bits
    return math.ceil(math.log2((samples["degree"] + 1) * (levels - 1) + 1))


def finals(runs):
    return [r.final for r in runs]
