"""Ours: loss against wall seconds on a CPU, and how much sooner low precision gets there than float32."""

import sys

import matplotlib.pyplot as plt
import numpy as np

import fpga_plots as fp
import zipml_plots as zp

PANELS = [("half of the labels' variance is noise", lambda noise: noise != 1), ("unit noise", lambda noise: noise == 1)]
COLORS = {8: zp.GREEN, 4: zp.ORANGE, 2: zp.RED}
PAPER = 6.5  # times sooner, of the paper's 2-bit FPGA engine
TOLERANCE = 0.01  # of the final loss of synchronous float32
CACHE_BYTES = 1e9  # less data than this may stay in the caches


def on(runs, engine):
    return [r for r in runs if r.get("engine/kind") == engine]


def curves_of(runs):
    """Float32 first: synchronous, Hogwild."""
    full = [r for r in runs if r.is_full]
    low = on(runs, "integer")

    def stored(kind, bits, sampling):
        return [r for r in low if (r.samples, r.bits, r.get("precision/samples/sampling")) == (kind, bits, sampling)]

    curves = [zp.Curve("32-bit", on(full, "synchronous"), zp.BLACK, "-"),
              zp.Curve("32-bit, Hogwild", on(full, "hogwild"), zp.BLUE, ":")]
    curves += [zp.Curve(f"{bits}-bit double sampling", stored("double_sampling", bits, "once"), COLORS[bits], "-")
               for bits in COLORS]
    curves += [zp.Curve(f"{bits}-bit single draw (biased)", stored("naive", bits, "once"), COLORS[bits], "--")
               for bits in COLORS]
    curves.append(zp.Curve("4-bit double sampling, fresh draws every epoch", stored("double_sampling", 4, "fresh"), zp.PINK,
                           "-."))
    return curves


def seconds_to(run, limit):
    """Seconds of the epochs until the loss is at most `limit`, straight lines between epochs; infinite if never."""
    seconds = np.concatenate([[0.0], np.cumsum(run.wall["epoch_seconds"][:len(run.loss) - 1])])
    reached = np.flatnonzero(run.loss <= limit)
    if not reached.size or reached[0] == 0:
        return 0.0 if reached.size else np.inf
    after = reached[0]
    share = (run.loss[after - 1] - limit) / (run.loss[after - 1] - run.loss[after])
    return seconds[after - 1] + share * (seconds[after] - seconds[after - 1])


def by_seed(curve):
    return {run.seed: run for run in curve.runs}


def speed_ups(curves):
    """Of every curve, by seed: seconds of the faster float32 run over its own; 0 where it never gets there."""
    full, hogwild = by_seed(curves[0]), by_seed(curves[1])
    ratios = []
    for curve in curves:
        values = []
        for seed, run in by_seed(curve).items():
            if seed not in full or full[seed].diverged:
                continue
            limit = full[seed].final * (1 + TOLERANCE)
            references = [full[seed]] + ([hogwild[seed]] if seed in hogwild else [])
            values.append(min(seconds_to(r, limit) for r in references) / seconds_to(run, limit))
        ratios.append(values)
    return ratios


def float_bytes(runs):
    rows, _, features = runs[0].counts
    return 4 * rows * features


def draw_losses(ax, curves, minimum):
    """Percent above the exact minimum where it is known, so that 1% can be seen; else the loss."""
    shown = [run for curve in curves for run in curve.runs]
    lows, highs = [], []
    for curve in curves:
        if not curve.runs:
            ax.plot([], [], color="none", label=f"{curve.label}: not run")
            continue
        length = max(len(run.loss) for run in curve.runs)
        losses = np.array([zp._padded(run, length)[1:] for run in curve.runs])
        if np.isfinite(minimum):
            losses = 100 * (losses / minimum - 1)
        seconds = np.median([np.cumsum(np.pad(run.wall["epoch_seconds"], (0, length - len(run.loss))))
                             for run in curve.runs], axis=0)
        with np.errstate(invalid="ignore"):
            middle = np.median(losses, axis=0)
        middle[~np.isfinite(middle)] = np.nan
        ax.plot(seconds, middle, color=curve.color, linestyle=curve.style, marker=".", markersize=5, linewidth=1.5,
                label=curve.label)
        lows.append(np.nanmin(middle, initial=np.inf))
        highs.append(np.nanmax(middle, initial=0.0))
    target = float(np.median([run.final for run in curves[0].runs if not run.diverged] or [np.nan])) * (1 + TOLERANCE)
    if np.isfinite(minimum):
        target = 100 * (target / minimum - 1)
    if np.isfinite(target):
        ax.axhline(target, color="0.35", linestyle=(0, (4, 3)), linewidth=1.0, zorder=1,
                   label="goal: 1% above the final loss of 32-bit")
        lows.append(target)
    ax.set_yscale("log")
    low, high = min(lows) / 2, min(max(highs), 1e4)  # curves that run away are cut
    ax.set_ylim(low, high * (high / low) ** 0.5)  # room for the legend
    ax.set_xscale("log")
    ax.set_xlabel("seconds of training (wall time, objective excluded)")
    ax.set_ylabel("training loss above the exact minimum [%]" if np.isfinite(minimum) else "training loss")
    ax.legend(loc="upper center", ncol=2, fontsize=7.5, title=zp.setting_text(shown), title_fontsize=7.5)


def fpga_ratios(runs):
    """Seconds an epoch of the float engine over Q2's, of the paper's shapes on the board as published."""
    board = [r for r in runs if r.fpga and r.fpga["clock_hz"] == 200e6 and tuple(r.get("fpga/platform/memory/rate")) == (65, 128)]
    of = {(r.fpga["design"], r.fpga["features"]): fp.seconds_an_epoch(r) for r in board}
    return sorted(of["harp_float", n] / of["harp_q2", n] for design, n in of
                  if design == "harp_float" and ("harp_q2", n) in of)


def draw_bars(ax, curves, modelled):
    ratios = speed_ups(curves)
    most = max([PAPER] + modelled + [value for values in ratios for value in values])
    for place, (curve, values) in enumerate(zip(curves, ratios)):
        if not values:
            ax.annotate("not run", (0, place), (4, 0), textcoords="offset points", va="center", fontsize=8, color="0.35")
            continue
        middle = float(np.median(values))
        ax.barh(place, middle, color=curve.color, alpha=0.35 if curve.style == "--" else 0.75, height=0.66)
        if max(values) > min(values):
            ax.plot([min(values), max(values)], [place, place], color="0.2", linewidth=1.2, zorder=3)
        store = float(np.median([run.wall["store_seconds"] for run in curve.runs]))
        lost = sum(value == 0 for value in values)
        text = f"{middle:.3g}x" if middle > 0 else "not reached"
        text += f", {lost} of {len(values)} seeds never" if lost else ""
        text += f" (store: {store:.2g} s)" if middle > 0 and not curve.runs[0].is_full else ""
        ax.annotate(text, (max(values), place), (5, 0), textcoords="offset points", va="center", fontsize=8,
                    bbox={"facecolor": "white", "alpha": 0.8, "linewidth": 0, "pad": 0.5}, zorder=4)
    ax.axvline(1, color="0.35", linewidth=1)
    ax.axvline(PAPER, color="0.2", linestyle=(0, (4, 3)), linewidth=1.3, zorder=1, label=f"paper's FPGA, 2 bits: {PAPER}x")
    if modelled:
        ax.axvspan(modelled[0], modelled[-1], color=zp.SKY, alpha=0.3, linewidth=0, zorder=0,
                   label=f"FPGA model, an epoch at 2 bits: {modelled[0]:.1f} to {modelled[-1]:.1f}x (modelled)")
    ax.set_yticks(range(len(curves)))
    ax.set_yticklabels([zp.wrap(curve.label, 26) for curve in curves])
    ax.set_ylim(len(curves) - 0.4, -1.9)  # room for the legend
    ax.set_xlim(0, 1.6 * most)
    ax.grid(axis="y", visible=False)
    ax.set_xlabel("times sooner at the goal than the faster 32-bit run")
    ax.legend(loc="upper right", fontsize=8)


def draw_panel(axes, letter, title, runs, modelled):
    if not runs:
        for ax in axes:
            zp.say_missing(ax, "no results: not run")
        return
    size = float_bytes(runs)
    fits = "" if size >= CACHE_BYTES else ": caches may hold them, the seconds say little"
    heading = f"{runs[0].title}, {title}; {size / 1e6:,.0f} MB in float32{fits}"
    for ax, part in zip(axes, "12"):
        ax.set_title(f"({letter}{part}) {zp.wrap(heading, 62)}", loc="left")
    curves = curves_of(runs)
    known = [r.minimum for r in runs if np.isfinite(r.minimum)]
    draw_losses(axes[0], curves, known[0] if known else np.nan)
    draw_bars(axes[1], curves, modelled)


def draw(runs, out, platform=()):
    modelled = fpga_ratios(platform)
    fig, axes = plt.subplots(2, 2, figsize=(14.5, 11.5), width_ratios=(1.0, 1.05))
    for row, (title, holds), letter in zip(axes, PANELS, "ab"):
        members = [r for r in runs if r.wall and holds(r.get("dataset/noise", 1))]
        draw_panel(row, letter, title, zp.choose_setting(members, varies=("engine",)), modelled)
    fig.tight_layout(rect=(0, 0.045, 1, 1))
    zp.footnote(fig, f"Measured, not reproducible: {zp.where_text(runs)}. Low precision: the integer engine, mini-batches of "
                     "256; its store of levels and draws is made before the first epoch,\nand its seconds stand apart; the "
                     "last series draws anew in every epoch. A single draw used twice is biased, double sampling is not. "
                     "Seconds to the goal: straight lines\nbetween epochs. Lines and bars: median over seeds; thin lines on "
                     "bars: least to largest.")
    zp.save(fig, out, "cpu_speedup")


def main(argv=None):
    return zp.main("cpu_speedup", draw, argv, beside=("fig5_platform",))


if __name__ == "__main__":
    sys.exit(main())
