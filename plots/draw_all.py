"""Draws every figure for which there are results: python plots/draw_all.py --results DIR --out DIR [--only ...]."""

import argparse
import importlib
import sys
from pathlib import Path

FIGURES = ["fig1", "fig1c", "tomography_bits", "fig2", "bias", "fig3", "fig4", "fig5", "fig5_platform", "cpu_speedup", "fig6", "fig7a",
           "fig7b", "fig8", "fig9", "fig9_bits", "bias_variance", "fig10", "fig11", "fig12", "fig13", "fig14", "precision_sweep",
           "board", "fpga_numerics", "variance", "table1"]


def main(argv=None):
    parser = argparse.ArgumentParser(description="Draws the figures from result files, as PNG and SVG.")
    parser.add_argument("--results", required=True, metavar="DIR", help="folder that `zipml run --out` wrote")
    parser.add_argument("--out", required=True, metavar="DIR", help="folder for the PNG and SVG files")
    parser.add_argument("--only", default="", metavar="A,B", help="these figures: " + ", ".join(FIGURES))
    options = parser.parse_args(argv)
    chosen = [name for name in options.only.split(",") if name] or FIGURES
    unknown = [name for name in chosen if name not in FIGURES]
    if unknown:
        parser.error(f"--only: no figure {', '.join(unknown)}; allowed: {', '.join(FIGURES)}")
    import zipml_plots as zp

    missing = []
    for name in chosen:
        script = importlib.import_module(name)
        # A figure made of others' results has a main of its own.
        draw = getattr(script, "main", lambda argv: zp.main(name, script.draw, argv))  # noqa: B023
        if draw(["--results", options.results, "--out", options.out]) != 0:
            missing.append(name)
    if missing:
        print(f"{Path(options.results)}: not drawn: {', '.join(missing)}", file=sys.stderr)
    # A folder need not hold every figure, but what was asked for by name must be there.
    return 1 if missing and (options.only or len(missing) == len(chosen)) else 0


if __name__ == "__main__":
    sys.exit(main())
