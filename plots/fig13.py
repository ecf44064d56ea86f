"""Figure 13: the float pipelines."""

import sys

import pipelines
import zipml_plots as zp


def draw(runs, out):
    pipelines.draw("fig13", ["harp_float", "pynq_float"], runs, out)


if __name__ == "__main__":
    sys.exit(zp.main("fig13", draw))
