"""Style of all figures, and what they share."""

import argparse
import json
import math
import os
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402
import numpy as np  # noqa: E402
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator  # noqa: E402
from zipml_results import Image, Run, load_runs, read_run, read_tree, seal_of  # noqa: E402,F401

# Okabe and Ito's colours, told apart by colour-blind readers; line styles repeat the difference.
BLACK, ORANGE, SKY, GREEN, BLUE, RED, PINK = (
    "#000000", "#E69F00", "#56B4E9", "#009E73", "#0072B2", "#D55E00", "#CC79A7")

# The panels of figures 8 and 10: letter, the paper's title, kinds of data sets, features.
REGRESSION_SETS = [
    ("a", "Synthetic 10", ("synthetic",), 10),
    ("b", "Synthetic 100", ("synthetic",), 100),
    ("c", "Synthetic 1000", ("synthetic",), 1000),
    ("d", "YearPrediction", ("year-prediction", "year-like"), None),
    ("e", "cadata", ("cadata", "cadata-like"), None),
    ("f", "cpusmall", ("cpusmall", "cpusmall-like"), None),
]

LEGEND_WIDTH = 54  # characters of a line

BAND_NOTE = "Lines: median over seeds; bands: least to largest."

plt.rcParams.update({
    "font.family": "DejaVu Sans", "font.size": 10, "axes.titlesize": 10.5, "axes.labelsize": 10,
    "legend.fontsize": 8.5, "legend.framealpha": 0.85, "lines.linewidth": 1.8, "axes.grid": True,
    "grid.alpha": 0.25, "grid.linewidth": 0.6, "axes.spines.top": False, "axes.spines.right": False,
    "figure.dpi": 110, "savefig.dpi": 150, "svg.hashsalt": "zipml", "svg.fonttype": "path",
    "axes.formatter.useoffset": False,
})


def _setting(run, batch_varies, varies):
    setting = {k: v for k, v in run.config.items()
               if k not in ("precision", "seed", "panel", "series", "config", *varies)}
    # What is probed changes nothing in a run.
    ignored = ("probe", "batch") if batch_varies else ("probe",)
    if isinstance(setting.get("solver"), dict):
        setting["solver"] = {k: v for k, v in setting["solver"].items() if k not in ignored}
    if isinstance(setting.get("measure"), dict):
        setting["measure"] = {k: v for k, v in setting["measure"].items() if k not in ("design", "arithmetic", "timed")}
    return json.dumps(setting, sort_keys=True)


def choose_setting(runs, batch_varies=False, varies=()):
    """Runs that may share a panel: equal in everything but precision, seed, the engine of FPGA arithmetic and the members in
    `varies`. Of several settings the one that
    has full precision and something else is taken, real sets before stand-ins, then more epochs x rows."""
    settings = defaultdict(list)
    for run in runs:
        settings[_setting(run, batch_varies, varies)].append(run)

    def rank(members):
        complete = any(r.is_full for r in members) and any(not r.is_full for r in members)
        run = members[0]
        iterations = run.get("solver/iterations")  # of a network
        work = (run.get("solver/epochs") or 1) * run.counts[0] if iterations is None else iterations * run.get("solver/batch")
        return complete, not members[0].stand_in_for, work, len(members)

    return max(settings.values(), key=rank) if settings else []


def of_dataset(runs, *kinds, features=None):
    return [r for r in runs if r.get("dataset/kind") in kinds
            and (features is None or r.get("dataset/features") == features)]


def double_sampled(runs, bits, levels="uniform"):
    """Only the samples are quantized, by double sampling with levels of this kind."""
    return [r for r in runs if r.samples == "double_sampling" and r.bits == bits and r.levels == levels
            and r.get("precision/model/kind") == "full"]


@dataclass
class Curve:
    """Runs of one series, over seeds."""

    label: str
    runs: list
    color: str = BLACK
    style: object = "-"
    width: float = 1.8
    bits: str = "stored"  # what the bits in the legend are; "read" where more is read than what is stored


def bits_text(curve):
    """'6.1 bits/value stored': measured from what was read."""
    return f"{np.median([r.bits_per_value for r in curve.runs]):.3g} bits/value {curve.bits}"


def _padded(run, length):
    # After the end of a diverged run its loss is infinite: the median must not forget it.
    padded = np.full(length, math.inf if run.diverged else math.nan)
    padded[:len(run.loss)] = run.loss[:length]
    return padded


def draw_curve(ax, curve):
    """Median line with a band from the least to the largest; diverged runs get a cross where they end."""
    length = max(len(run.loss) for run in curve.runs)
    losses = np.array([_padded(run, length) for run in curve.runs])
    epochs = np.arange(length)
    with np.errstate(invalid="ignore"):
        middle = np.median(losses, axis=0)
    middle[~np.isfinite(middle)] = math.nan
    low, high = losses.min(axis=0), losses.max(axis=0)
    known = np.isfinite(low) & np.isfinite(high)
    label = wrap(f"{curve.label}, {bits_text(curve)}", LEGEND_WIDTH)
    diverged = [run for run in curve.runs if run.diverged]
    if diverged:
        label += f" ({len(diverged)} of {len(curve.runs)} diverged)"
    ax.plot(epochs, middle, color=curve.color, linestyle=curve.style, linewidth=curve.width, label=label)
    ax.fill_between(epochs[known], low[known], high[known], color=curve.color, alpha=0.18, linewidth=0)
    for run in diverged:
        finite = np.flatnonzero(np.isfinite(run.loss))
        if finite.size:
            ax.plot(finite[-1], run.loss[finite[-1]], marker="x", color=curve.color, markersize=8,
                    markeredgewidth=2, clip_on=False, zorder=5)
    return middle


def draw_minimum(ax, runs):
    """Dashed line at the exact minimum, where it is known."""
    known = [r.minimum for r in runs if math.isfinite(r.minimum)]
    if known:
        ax.axhline(known[0], color="0.35", linestyle=(0, (4, 3)), linewidth=1.0, zorder=1,
                   label=f"exact minimum {known[0]:#.4g}")


def plain(value, _=None):
    """Label of a tick: no powers of ten where plain digits are short."""
    return f"{value:g}" if value == 0 or 1e-3 <= abs(value) < 1e5 else f"{value:.0e}".replace("e+0", "e").replace("e+", "e")


def set_log_axis(ax, low, high):
    ax.set_yscale("log")
    ax.set_ylim(low, high)
    if high / low < 200:  # too few powers of ten to read values from
        ax.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        ax.yaxis.set_minor_locator(NullLocator())
        ax.yaxis.set_major_formatter(FuncFormatter(plain))


def set_loss_axis(ax, runs, middles):
    """Logarithmic where the curves span more than a factor of 5. Lines that run away are cut at 100 times the first
    loss, so that the others stay readable."""
    values = np.concatenate([m[np.isfinite(m)] for m in middles]) if middles else np.array([])
    if values.size == 0:
        return
    low = min([values.min()] + [r.minimum for r in runs if math.isfinite(r.minimum)])
    high = min(values.max(), 100 * max(float(r.loss[0]) for r in runs))
    if low > 0 and high / low > 5:
        set_log_axis(ax, low * 0.85, high * 1.3)
    else:
        margin = 0.06 * (high - low)
        ax.set_ylim(low - margin, high + margin)


def say_missing(ax, what):
    ax.text(0.5, 0.5, what, transform=ax.transAxes, ha="center", va="center", color="0.35", fontsize=10,
            wrap=True)
    ax.set_xticks([])
    ax.set_yticks([])


def panel_title(letter, runs, fallback):
    """The data set's own title: stand-ins say that they are."""
    title = runs[0].title if runs else fallback
    prefix = f"({letter}) " if letter else ""
    return wrap(prefix + title, 44)


def wrap(text, width):
    lines, line = [], ""
    for word in text.split():
        if line and len(line) + 1 + len(word) > width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    return "\n".join(lines + [line])


def setting_text(runs):
    epochs, rows = runs[0].get("solver/epochs"), runs[0].counts[0]
    seeds = len({r.seed for r in runs})
    return f"{rows:,} training rows, {epochs} epochs, {seeds} seed{'s' if seeds != 1 else ''}"


def where_text(runs):
    """'2 threads on a CPU, 4 CPUs': of runs whose seconds were measured."""
    places = set()
    for run in runs:
        if run.wall and not run.fpga:
            threads = run.get("engine/threads") or run.wall["threads"]
            cpus = f", {run.wall['cpus']} CPUs" if run.wall["cpus"] else ""
            places.add(f"{threads} thread{'s' if threads != 1 else ''} on {run.wall['cpu']}{cpus}")
    return "; ".join(sorted(places)) or "not run"


def label_axes(ax):
    ax.set_xlabel("epoch")
    ax.set_ylabel("training loss")
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))


def draw_loss_panel(ax, letter, fallback_title, runs, curves, missing=()):
    """One panel of training loss against epoch. `runs` is one setting; curves without runs count as missing."""
    ax.set_title(panel_title(letter, runs, fallback_title), loc="left")
    present = [curve for curve in curves if curve.runs]
    absent = [curve.label for curve in curves if not curve.runs] + list(missing)
    if not present:
        say_missing(ax, "no results: not run")
        return
    middles = [draw_curve(ax, curve) for curve in present]
    shown = [run for curve in present for run in curve.runs]
    draw_minimum(ax, shown)
    set_loss_axis(ax, shown, middles)
    for label in absent:
        ax.plot([], [], color="none", label=f"{label}: not run")
    label_axes(ax)
    ax.set_xlim(0, max(len(run.loss) for run in shown) - 1)
    ax.legend(loc="upper right", title=setting_text(shown), title_fontsize=7.5)


def draw_excess_panel(ax, letter, fallback_title, runs, curves):
    """As draw_loss_panel, but percent above the exact minimum on a logarithmic axis: what is left once all curves
    are near it. Lines end where the median run has diverged."""
    ax.set_title(panel_title(letter, runs, fallback_title), loc="left")
    present = [curve for curve in curves if curve.runs]
    minimum = next((r.minimum for r in runs if math.isfinite(r.minimum)), None)
    if not present or minimum is None:
        say_missing(ax, "the exact minimum is not known" if present else "no results: not run")
        return
    lows, highs = [], []
    for curve in present:
        length = max(len(run.loss) for run in curve.runs)
        excess = np.array([100 * (_padded(run, length)[1:] / minimum - 1) for run in curve.runs])
        epochs, middle = np.arange(1, length), np.median(excess, axis=0)
        ax.plot(epochs, middle, color=curve.color, linestyle=curve.style, label=curve.label)
        ax.fill_between(epochs, excess.min(axis=0), np.minimum(excess.max(axis=0), 1e300), color=curve.color,
                        alpha=0.18, linewidth=0)
        highs.append(middle[np.isfinite(middle)].max(initial=1))
        lows.append(excess[excess > 0].min())
    ax.set_yscale("log")
    ax.set_ylim(min(lows) / 2, 30 * min(max(highs), 1e6))  # room for the legend; curves that run away are cut
    label_axes(ax)
    ax.set_ylabel("training loss above the minimum [%]")
    ax.set_xlim(1, max(len(run.loss) for curve in present for run in curve.runs) - 1)
    ax.axhline(1, color="0.35", linestyle=(0, (4, 3)), linewidth=1, zorder=1, label="1%")
    ax.legend(loc="upper right", title=setting_text([run for curve in present for run in curve.runs]),
              title_fontsize=7.5)


def footnote(fig, text):
    fig.text(0.01, 0.005, text, fontsize=7.5, color="0.3", ha="left", va="bottom")


def save(fig, out, name):
    """PNG and SVG without dates or random names: equal results give equal files."""
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    for suffix, metadata in ((".png", {"Software": None}), (".svg", {"Date": None, "Creator": "zipml"})):
        part = out / f".{name}{suffix}.{os.getpid()}.part"
        try:
            fig.savefig(part, format=suffix[1:], metadata=metadata)
            part.replace(out / (name + suffix))
        finally:
            part.unlink(missing_ok=True)
        print(out / (name + suffix))
    plt.close(fig)


def draw_to(draw, out, source, *more):
    """Calls draw(source, out, *more); a folder that cannot be written is a message. Returns the exit code."""
    try:
        draw(source, out, *more)
    except OSError as problem:
        print(f"{out}: cannot write: {problem}", file=sys.stderr)
        return 1
    return 0


def options_of(figure, argv):
    parser = argparse.ArgumentParser(description=f"Draws {figure} from result files.")
    parser.add_argument("--results", required=True, metavar="DIR", help="folder that `zipml run --out` wrote")
    parser.add_argument("--out", required=True, metavar="DIR", help="folder for the PNG and SVG files")
    return parser.parse_args(argv)


def main(figure, draw, argv=None, beside=()):
    """Command line of a figure's script: draw(runs, out) with the figure's runs, and those of the figures `beside`, which
    may be none, as further arguments. Exit code 1 without any runs of the figure."""
    options = options_of(figure, argv)
    runs = load_runs(options.results, figure)
    if not runs:
        print(f"{Path(options.results) / figure}: no results for {figure}; "
              f"`zipml run configs/figures/{figure}.json --out {options.results}` writes them", file=sys.stderr)
        return 1
    return draw_to(draw, options.out, runs, *(load_runs(options.results, name) for name in beside))


def composed_main(figure, parts, draw, argv=None):
    """The same for a figure made of others' results: draw(results, out). Exit code 1 without any of the parts."""
    options = options_of(figure, argv)
    if not any(list((Path(options.results) / part).glob("*.h5")) for part in parts):
        print(f"{options.results}: no results for {figure} (of {', '.join(parts)})", file=sys.stderr)
        return 1
    return draw_to(draw, options.out, options.results)
