"""Style and loading of all figures. Knows result files only, never configs on disk."""

import argparse
import json
import math
import os
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import h5py  # noqa: E402
import matplotlib.pyplot as plt  # noqa: E402
import numpy as np  # noqa: E402
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator  # noqa: E402

SCHEMA_VERSION = 2

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


@dataclass
class Image:
    """The shown slice of a reconstruction, and the quality of the volume at the end."""

    pixels: np.ndarray
    truth: np.ndarray
    back_projection: np.ndarray
    back_projection_quality: dict  # rmse, psnr, ssim
    quality: dict
    slices: int
    label_bytes: int  # of the sinogram, whole run


@dataclass
class Run:
    """One result file."""

    run_id: str
    seed: int
    panel: str
    diverged: bool
    title: str
    stand_in_for: str
    counts: tuple  # training rows, test rows, features
    config: dict
    alpha: float
    loss: np.ndarray  # train loss, one entry an epoch, epoch 0 included; empty for a run that did not train
    bytes_read: int
    values_read: int
    minimum: float  # exact minimum; NaN where it is not known
    measured: dict  # arrays and attributes of /gradient_error or /histogram, by name; empty after training
    iterations: np.ndarray  # mini-batches done, one entry a row of the trace
    bytes_by_epoch: np.ndarray  # sample bytes read so far, epoch 0 included
    accuracy: np.ndarray  # share of test rows with the right sign; NaN for regression and where there was no test
    refetched: np.ndarray  # share of each epoch's rows that were read again
    flipped: np.ndarray  # share of each epoch's rows with a slope from the wrong side
    error: dict  # what the run measured of an estimator's gradients after its last epoch; empty if nothing
    model_bytes: int = 0  # model channel, whole run
    gradient_bytes: int = 0  # gradient channel, whole run
    image: object = None  # Image of a reconstruction
    fpga: dict = field(default_factory=dict)  # arrays and attributes of /fpga, by name; empty without an engine
    wall: dict = field(default_factory=dict)  # how long it really ran, and where: see read_wall()

    def get(self, pointer, default=None):
        value = self.config
        for token in pointer.strip("/").split("/"):
            if not isinstance(value, dict) or token not in value:
                return default
            value = value[token]
        return value

    @property
    def samples(self):
        return self.get("precision/samples/kind", "")

    @property
    def bits(self):
        return self.get("precision/samples/bits")

    @property
    def levels(self):
        return self.get("precision/samples/levels/kind", "")

    @property
    def final(self):
        return math.inf if self.diverged else float(self.loss[-1])

    @property
    def is_full(self):
        if self.get("precision/weights") is not None:  # a network
            return self.get("precision/weights/kind") == "full"
        channels = ("precision/samples/kind", "precision/model/kind", "precision/gradient/kind")
        return all(self.get(channel) == "full" for channel in channels) and not self.get("precision/labels")

    @property
    def channel_bytes(self):
        return self.model_bytes + self.gradient_bytes

    @property
    def passes(self):
        """Passes over the training rows that were made."""
        if self.get("solver/iterations") is None:
            return len(self.loss) - 1
        return self.iterations[-1] * self.get("solver/batch") / self.counts[0]  # a network

    @property
    def bits_per_value(self):
        return 8 * self.bytes_read / self.values_read if self.values_read else math.nan


def read_measured(file):
    """What a run measured that did not train."""
    for name in ("gradient_error", "histogram"):
        if name in file:
            return {**{key: value[()] for key, value in file[name].items()}, **dict(file[name].attrs)}
    return {}


def _read_image(file):
    if "tomography" not in file:
        return None
    group, names = file["tomography"], ("rmse", "psnr", "ssim")
    shape = (int(group.attrs["size"]),) * 2
    square = lambda values: values[()].reshape(shape)  # noqa: E731
    reference = group["back_projection"]
    return Image(
        pixels=square(file["model/x"]), truth=square(group["truth"]), back_projection=square(reference),
        back_projection_quality={name: float(reference.attrs[name]) for name in names},
        quality={name: float(group[name][-1]) for name in names}, slices=int(group.attrs["slices"]),
        label_bytes=int(group["label_bytes"][-1]))


def read_tree(group):
    """Arrays, attributes and groups of a group, by name."""
    tree = {key: value.decode() if isinstance(value, bytes) else value for key, value in group.attrs.items()}
    for key, value in group.items():
        tree[key] = read_tree(value) if isinstance(value, h5py.Group) else value[()]
    return tree


def read_wall(file):
    if "timing/epoch_seconds" not in file:
        return {}
    attributes = read_tree(file["provenance"]) if "provenance" in file else {}
    return {"epoch_seconds": file["timing/epoch_seconds"][()], "cpu": attributes.get("cpu_model", "unknown CPU"),
            "cpus": int(attributes.get("cpus", 0)), "threads": int(attributes.get("threads", 0)),
            "store_seconds": float(file["timing"].attrs.get("store_seconds", 0))}


def read_run(path):
    # Every result ends with its checksum line. A file without it was cut, and libhdf5 may crash on such files.
    with open(path, "rb") as file:
        file.seek(-min(64, os.path.getsize(path)), os.SEEK_END)
        if b"zipml checksum " not in file.read():
            raise ValueError("damaged: its checksum line is missing")
    with h5py.File(path, "r") as file:
        root = file.attrs
        version = int(root["schema_version"])
        if version != SCHEMA_VERSION:
            raise ValueError(f"written with layout version {version}; the figures read version {SCHEMA_VERSION}")
        text = lambda value: value.decode() if isinstance(value, bytes) else str(value)  # noqa: E731
        config = file["config"][()]
        trace = file["trace"]
        loss = trace["train_loss"][()].astype(float)
        measured = read_measured(file)
        fpga = read_tree(file["fpga"]) if "fpga" in file else {}
        if loss.size == 0 and not measured and not fpga:
            raise ValueError("the trace has no epoch")
        errors = file.get("bias_and_noise")
        return Run(
            bytes_by_epoch=trace["bytes_read"][()].astype(float), accuracy=trace["test_accuracy"][()].astype(float),
            refetched=trace["share_refetched"][()].astype(float), flipped=trace["share_flipped"][()].astype(float),
            error={name: float(values[-1]) for name, values in errors.items()} if errors else {},
            run_id=text(root["run_id"]), seed=int(root["seed"]), panel=text(root["panel"]),
            diverged=text(root["status"]) == "diverged", title=text(root["dataset_title"]),
            stand_in_for=text(root["dataset_stand_in_for"]),
            counts=(int(root["train_rows"]), int(root["test_rows"]), int(root["features"])),
            config=json.loads(text(config)), alpha=float(root["alpha"]), loss=loss,
            bytes_read=int(trace["bytes_read"][-1]) if loss.size else 0,
            values_read=int(trace["values_read"][-1]) if loss.size else 0,
            minimum=float(trace.attrs["exact_minimum"]) if "exact_minimum" in trace.attrs else math.nan,
            measured=measured, iterations=trace["iteration"][()].astype(float),
            model_bytes=int(trace["model_bytes"][-1]) if loss.size else 0,
            gradient_bytes=int(trace["gradient_bytes"][-1]) if loss.size else 0,
            image=_read_image(file), fpga=fpga, wall=read_wall(file))


def load_runs(results, figure):
    """Every undamaged run of the figure's config, in the order of their ids."""
    runs = []
    for path in sorted((Path(results) / figure).glob("*.h5")):
        try:
            runs.append(read_run(path))
        except (OSError, KeyError, ValueError, IndexError) as problem:
            print(f"skipped: {path}: {problem}", file=sys.stderr)
    return runs


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
        fig.savefig(part, format=suffix[1:], metadata=metadata)
        part.replace(out / (name + suffix))
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
