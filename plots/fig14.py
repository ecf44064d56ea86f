"""Figure 14: the quantized pipelines of HARP v1."""

import sys

import pipelines
import zipml_plots as zp


def draw(runs, out):
    pipelines.draw("fig14", ["harp_q8", "harp_q4", "harp_q2", "harp_q1"], runs, out)


if __name__ == "__main__":
    sys.exit(zp.main("fig14", draw))
