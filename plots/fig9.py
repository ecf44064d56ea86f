"""Figure 9, the negative result: SVM and logistic regression, Chebyshev estimator against plain 8-bit rounding."""

import sys

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import FuncFormatter

import nonlinear
import zipml_plots as zp


def curves_of(runs):
    chebyshev = [r for r in runs if r.samples == "chebyshev"]
    symmetric = [r for r in chebyshev if r.get("precision/samples/product") == "symmetric"]
    # Of several deltas the one that ends lowest, so that the comparison is with the best the estimator can do.
    deltas = {}
    for run in symmetric:
        deltas.setdefault(str(run.get("precision/samples/delta")), []).append(run)
    best = min(deltas.values(), key=lambda members: np.median(nonlinear.finals(members)), default=[])
    tuned = f", delta {best[0].get('precision/samples/delta')}" if len(deltas) > 1 else ""
    return [
        zp.Curve("32-bit", [r for r in runs if r.is_full], zp.BLACK, "-"),
        zp.Curve("Chebyshev, powers", [r for r in chebyshev if r.get("precision/samples/product") == "powers"],
                 zp.ORANGE, (0, (1, 1)), bits="read"),
        zp.Curve("Chebyshev, symmetric" + tuned, best, zp.RED, "-.", bits="read"),
        zp.Curve("deterministic rounding", [r for r in runs if r.samples == "deterministic"], zp.BLUE, "--"),
        zp.Curve("naive stochastic", [r for r in runs if r.samples == "naive"], zp.GREEN, ":", 2.4),
    ]


def middle_of(runs, values):
    length = min(len(values(run)) for run in runs)
    return np.median(np.array([values(run)[:length] for run in runs]), axis=0)


def draw_by_bytes(ax, curves):
    for curve in curves:
        loss, read = middle_of(curve.runs, lambda r: r.loss), middle_of(curve.runs, lambda r: r.bytes_by_epoch)
        ax.plot(read[1:] / 1e6, loss[1:], color=curve.color, linestyle=curve.style, linewidth=curve.width)
    ax.set_xscale("log")
    ax.xaxis.set_major_formatter(FuncFormatter(zp.plain))
    ax.set_xlabel("sample bytes read [MB]")
    ax.set_ylabel("training loss")


def draw_accuracy(ax, curves):
    lowest = 1.0
    for curve in curves:
        accuracy = 100 * middle_of(curve.runs, lambda r: r.accuracy)
        ax.plot(np.arange(len(accuracy)), accuracy, color=curve.color, linestyle=curve.style, linewidth=curve.width)
        lowest = min(lowest, accuracy[1:].min() / 100)
    ax.set_ylim(max(45, 100 * lowest - 3), 100)
    ax.set_xlabel("epoch")
    ax.set_ylabel("test accuracy [%]")
    ax.xaxis.get_major_locator().set_params(integer=True)


def overview(ax, runs):
    """Panel (a) for figure 1; whether there was anything to draw."""
    letter, title, kinds, model, _ = nonlinear.PANELS[0]
    chosen = nonlinear.of_panel(runs, kinds, model)
    if chosen:
        zp.draw_loss_panel(ax, letter, title, chosen, curves_of(chosen))
    return bool(chosen)


def draw(runs, out):
    fig, axes = plt.subplots(3, 4, figsize=(21, 13))
    for column, (letter, title, kinds, model, name) in zip(axes.T, nonlinear.PANELS):
        chosen = nonlinear.of_panel(runs, kinds, model)
        curves = curves_of(chosen)
        zp.draw_loss_panel(column[0], letter, title, chosen, curves)
        column[0].set_title(zp.wrap(f"({letter}) {name}, {chosen[0].title if chosen else title}", 44), loc="left")
        present = [c for c in curves if c.runs]
        if not present:
            for ax in column[1:]:
                zp.say_missing(ax, "not run")
            continue
        draw_by_bytes(column[1], present)
        if column[0].get_yscale() == "log":
            zp.set_log_axis(column[1], *column[0].get_ylim())
        else:
            column[1].set_ylim(column[0].get_ylim())
        draw_accuracy(column[2], present)
    fig.tight_layout(rect=(0, 0.025, 1, 1))
    zp.footnote(fig, zp.BAND_NOTE + " Chebyshev: degree 15, 16 draws on 16 levels in 8 bits a value; powers: products as in "
                     "the paper, symmetric: mean over every order of the draws, with the delta that ends lowest.\n"
                     "Bits read include 256 pilot rows in the first epoch, from which the polynomial's interval is estimated.")
    zp.save(fig, out, "fig9")


if __name__ == "__main__":
    sys.exit(zp.main("fig9", draw))
