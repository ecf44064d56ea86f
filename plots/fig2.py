"""Figure 2, the computation model: on the board of figure 5, and the bytes of every channel of real runs.

Made of other figures' results. Bandwidths come from the platform that is stored with a run timed on an FPGA engine, bytes
from traces; nothing is measured here.
"""

import json
import sys

import matplotlib.pyplot as plt
from matplotlib.patches import FancyBboxPatch
from matplotlib.ticker import FuncFormatter

import end_to_end
import fpga_plots as fp
import nonlinear
import tomography
import zipml_plots as zp

CHANNELS = ["samples", "model", "gradient"]
MARKERS = {"samples": ("o", zp.BLUE), "model": ("s", zp.GREEN), "gradient": ("D", zp.ORANGE)}
BINDS = zp.RED
LABELS, COLUMNS = -0.86, (1.11, 1.30, 1.49, 1.74, 1.99)  # places of panel (b)'s texts, in widths of its axes
ENGINES = {"harp_float": "float", "harp_q8": "Q8", "harp_q4": "Q4", "harp_q2": "Q2", "harp_q1": "Q1"}
MADE_OF = ["fig1c", "fig4", "fig5", "fig7b", "fig9", "fig11", "fig12", "precision_sweep"]
COD_RNA = ("cod-rna", "cod-rna-like")


def is_optimal5(run):
    return (run.get("precision/weights/levels/kind") == "optimal" and run.get("precision/weights/levels_count") == 5
            and run.get("precision/weights/rounding") == "stochastic")


def is_chebyshev(run):
    return (run.samples == "chebyshev" and run.get("precision/samples/product") == "symmetric"
            and run.get("precision/samples/delta") in (None, "best"))


def low_end_to_end(bits):
    return lambda run: bool(end_to_end.curves_of([run], bits)[1].runs)


# Family, figure whose runs are shown, which of its runs share a setting, and the series: label and whether a run is one.
FAMILIES = [
    ("least squares (figure 4a)", "fig4", lambda runs: zp.choose_setting(zp.of_dataset(runs, "synthetic", features=100)),
     [("32-bit", lambda r: r.is_full), ("4-bit end to end", low_end_to_end(4))]),
    ("LS-SVM (figure 11a)", "fig11", lambda runs: zp.choose_setting(zp.of_dataset(runs, *COD_RNA)),
     [("32-bit", lambda r: r.is_full), ("3-bit end to end", low_end_to_end(3))]),
    ("SVM (figure 9)", "fig9", lambda runs: nonlinear.of_panel(runs, COD_RNA, "hinge"),
     [("32-bit", lambda r: r.is_full), ("8-bit Chebyshev samples", is_chebyshev)]),
    ("logistic (figure 9)", "fig9", lambda runs: nonlinear.of_panel(runs, COD_RNA, "logistic"),
     [("32-bit", lambda r: r.is_full), ("8-bit Chebyshev samples", is_chebyshev)]),
    ("SVM, refetching (figure 12)", "fig12", lambda runs: zp.choose_setting(zp.of_dataset(runs, *COD_RNA)),
     [("32-bit", lambda r: r.is_full),
      ("8-bit samples, refetched", lambda r: r.samples == "refetch_l1" and r.bits == 8
       and r.get("precision/samples/bound") == "step")]),
    ("tomography (figure 1c)", "fig1c", lambda runs: tomography.of_phantom(runs, "shepp-logan"),
     [("32-bit", lambda r: r.is_full), ("12-bit end to end", lambda r: tomography.is_end_to_end(r) and r.bits == 12),
      ("12-bit sinogram, rows computed", lambda r: tomography.is_sinogram_only(r) and tomography.sinogram_bits(r) == 12)]),
    ("network (figure 7b)", "fig7b", zp.choose_setting,
     [("32-bit", lambda r: r.is_full), ("Optimal5 weights", is_optimal5)]),
]


def channel_bytes(run):
    """Bytes of an epoch, by channel. A sinogram belongs to the samples; where it alone is quantized the rows are computed."""
    samples = run.bytes_read
    if run.image is not None:
        samples = run.image.label_bytes + (0 if tomography.is_sinogram_only(run) else run.bytes_read)
    return {name: value / run.passes
            for name, value in zip(CHANNELS, (samples, run.model_bytes, run.gradient_bytes))}


def binding(values):
    """The channels that take longest at equal bandwidths, and how many times slower the others might be."""
    most = max(values.values())
    others = [value for value in values.values() if value < most]
    return [name for name in CHANNELS if values[name] == most], most / max(others) if others else 1.0


def measured_text(run):
    """Wall time of an epoch of this very run, and the bytes of all channels a second; empty where it is not stored, and
    where rows are said to be computed, as this program reads them all the same."""
    seconds = sum(run.wall.get("epoch_seconds", [])) / run.passes
    if not seconds or run.image is not None and tomography.is_sinogram_only(run):
        return ""
    return f"{time_text(seconds)}\n{bytes_text(sum(channel_bytes(run).values()) / seconds)}/s"


def lines_of(results):
    """What panel (b) shows, from top to bottom: (family, None, None) or (series, run or None, bytes by channel)."""
    lines = []
    for family, figure, choose, series in FAMILIES:
        chosen = choose(zp.load_runs(results, figure))
        where = f", {chosen[0].title}" if chosen else ""
        lines.append((family + where, None, None))
        for label, belongs in series:
            runs = sorted((r for r in chosen if belongs(r) and r.passes > 0), key=lambda r: (r.seed, r.run_id))
            lines.append((label, runs[0], channel_bytes(runs[0])) if runs else (f"{label}: not run", None, {}))
    return lines


class Engine:
    """One epoch of a run timed on a HARP engine."""

    def __init__(self, run):
        epochs = len(run.fpga["seconds_per_epoch"])
        widths = run.fpga["pipeline"]["width_bits"]
        clock = run.fpga["clock_hz"]
        self.run, self.name = run, ENGINES[run.fpga["design"]]
        self.line_bytes, self.store_bits = int(widths[0]) // 8, int(widths[-1])
        self.link = fp.rate(run) * self.line_bytes * clock  # bytes a second
        self.link_bytes = run.fpga["bytes_read"] / epochs
        self.link_seconds = self.link_bytes / self.link
        # In every cycle that takes data in, one line of the model is read and, later, one of its update written.
        self.store = self.store_bits / 8 * clock
        self.store_seconds = run.fpga["cycles_busy"] / epochs / clock
        self.store_bytes = self.store_seconds * self.store
        self.written_back = run.fpga["bytes_written"] / epochs
        self.seconds = fp.seconds_an_epoch(run)
        self.binds = run.fpga["binds"]

    @property
    def binds_text(self):
        return {"memory_bandwidth": "samples (link)", "compute": "computing"}.get(self.binds, self.binds.replace("_", " "))


def engines_of(results):
    """Engines on figure 5's board and shape, float first; those that it has not are taken from the precision sweep."""
    runs = [r for figure in ("fig5", "precision_sweep") for r in zp.load_runs(results, figure)
            if r.fpga and r.fpga["design"] in ENGINES]
    board = lambda r: json.dumps(r.get("fpga/platform"), sort_keys=True)  # noqa: E731
    shape = lambda r: (r.fpga["rows"], r.fpga["features"])  # noqa: E731
    of_data = [r for r in runs if r.get("dataset/kind") == "synthetic"]
    if not of_data:
        return []
    first = of_data[0]
    engines = {}
    for run in of_data:
        if board(run) == board(first) and shape(run) == shape(first):
            engines.setdefault(run.fpga["design"], Engine(run))
    return [engines[design] for design in ENGINES if design in engines]


def bytes_text(value):
    for unit, size in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if value >= size:
            return f"{value / size:.3g} {unit}"
    return f"{value:.0f} B"


def time_text(seconds):
    for unit, size in (("s", 1), ("ms", 1e-3)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{1e6 * seconds:.3g} µs"


def draw_box(ax, x, y, width, height, text, edge="0.3", **options):
    ax.add_patch(FancyBboxPatch((x, y), width, height, boxstyle="round,pad=0,rounding_size=0.12", edgecolor=edge,
                                facecolor=options.pop("face", "white"), **options))
    ax.text(x + width / 2, y + height / 2, text, ha="center", va="center", fontsize=9.5, linespacing=1.35)


def draw_path(ax, points, color="0.3", width=1.6):
    """A line along the points that ends in an arrow."""
    ax.plot(*zip(*points[:-1]), color=color, linewidth=width, solid_capstyle="butt")
    ax.annotate("", points[-1], points[-2], arrowprops=dict(
        arrowstyle="-|>,head_width=0.35,head_length=0.6", color=color, linewidth=width, shrinkA=0, shrinkB=0))


def board_labels(engines):
    """What the board says of the channels: link, model, gradient, write-back."""
    first, widest = engines[0], max(engines, key=lambda e: e.store_bits)
    lines, cycles = first.run.get("fpga/platform/memory/rate")
    store = "".join(f"\n{e.name}: {e.store_bits:,} bits a cycle,\n{e.store / 1e9:.3g} GB/s"
                    for e in dict.fromkeys((first, widest)))
    written = (f"model written back once an epoch: {bytes_text(first.written_back)} ({first.name})"
               + (f" to {bytes_text(widest.written_back)} ({widest.name})" if widest is not first else ""))
    return (f"\n{first.link / 1e9:.3g} GB/s:\n{lines} lines of {first.line_bytes} B\nin {cycles} cycles", store,
            "\nas wide as\nthe model", written)


def draw_model(ax, engines):
    """Boxes and arrows of the computation model, with the bandwidths of the board."""
    ax.set_xlim(0, 10)
    ax.set_ylim(0, 5.4)
    ax.axis("off")
    ax.set_title("(a) the computation model" + (", as the published FPGA engines realise it" if engines else ""), loc="left")
    host, chip = ("\nhost memory", "\non the FPGA") if engines else ("", "")
    link = store = width = ""
    binding_width = 1.6
    if engines:
        ax.add_patch(FancyBboxPatch((4.1, 0.15), 5.8, 4.9, boxstyle="round,pad=0,rounding_size=0.15", edgecolor="0.55",
                                    facecolor="0.97", linestyle=(0, (4, 3))))
        link, store, width, written = board_labels(engines)
        binding_width = 4.0 if engines[0].binds == "memory_bandwidth" else 1.6
        draw_path(ax, [(7.6, 0.6), (1.1, 0.6), (1.1, 3.35)], "0.6", 1.0)
        ax.text(1.2, 0.5, written, fontsize=8.5, color="0.3", va="top")
    samples, model, gradient = (MARKERS[name][1] for name in CHANNELS)
    draw_box(ax, 0.1, 3.35, 2.0, 1.1, "SampleStore" + host)
    draw_box(ax, 4.4, 3.35, 2.0, 1.1, "GradientDevice" + chip)
    draw_box(ax, 7.6, 3.35, 2.0, 1.1, "UpdateDevice" + chip)
    draw_box(ax, 7.6, 0.45, 2.0, 1.1, "ModelStore" + chip)
    draw_path(ax, [(2.1, 3.9), (4.4, 3.9)], samples, binding_width)
    draw_path(ax, [(7.6, 1.15), (5.0, 1.15), (5.0, 3.35)], model)
    draw_path(ax, [(6.4, 3.9), (7.6, 3.9)], gradient)
    draw_path(ax, [(8.6, 3.35), (8.6, 1.55)])
    for x, y, text, options in ((3.1, 3.75, "(1) samples" + link, dict(ha="center", va="top")),
                                (5.12, 2.2, "(2) model" + store, dict(va="center")),
                                (7.0, 4.0, "(3) gradient" + width, dict(ha="center", va="bottom")),
                                (8.7, 2.45, "update", dict(va="center"))):
        ax.text(x, y, text, fontsize=8.5, linespacing=1.35, color="0.1", **options)


def draw_engines(ax, engines):
    ax.axis("off")
    if not engines:
        zp.say_missing(ax, "no run timed on a HARP engine (fig5: not run),\nso there is no platform to take bandwidths from")
        return
    run = engines[0].run
    columns = ["engine", "(1) samples,\nover the link", "(2) model, (3) gradient,\neach on the FPGA", "an epoch,\nclocked model",
               "binds"]
    rows = [[e.name, f"{bytes_text(e.link_bytes)}: {time_text(e.link_seconds)}",
             f"{bytes_text(e.store_bytes)}: {time_text(e.store_seconds)}", time_text(e.seconds), e.binds_text] for e in engines]
    height = min(0.62, 0.11 * (len(rows) + 2))
    table = ax.table(cellText=rows, colLabels=columns, cellLoc="center", colWidths=[0.1, 0.25, 0.27, 0.18, 0.2],
                     bbox=(0, 0.86 - height, 1, height))
    table.auto_set_font_size(False)
    table.set_fontsize(8.5)
    for (row, column), cell in table.get_celld().items():
        cell.set_edgecolor("0.8")
        if row == 0:
            cell.set_height(2 * cell.get_height())
        elif column == (1 if engines[row - 1].binds == "memory_bandwidth" else 2) or column == 4:
            cell.get_text().set_color(BINDS)
    ax.set_title(f"an epoch of {run.title}, {run.fpga['rows']:,} rows of {run.fpga['features']} values", loc="left", y=0.9)
    ax.text(0, 0.8 - height, zp.wrap(
        f"Board of figure 5, {fp.board_text(run)}. Samples: lines as they cross the link, padding, labels and both draws "
        "included. On the FPGA a line of the model is read, and one of its update written, in every cycle that takes "
        "samples in: these channels are exactly as busy as the arithmetic.", 118), fontsize=8, color="0.3", va="top")


def draw_bytes(ax, lines, link):
    places = range(len(lines))
    for place, (label, run, values) in zip(places, lines):
        header = values is None
        ax.text(LABELS if header else -0.02, place, label, transform=ax.get_yaxis_transform(), ha="left" if header else "right",
                va="center", fontsize=9, color="0.1" if header or values else "0.45",
                fontweight="bold" if header else "normal")
        if not values:
            continue
        binds, slack = binding(values)
        ax.plot([min(values.values()), max(values.values())], [place, place], color="0.8", linewidth=1, zorder=1)
        for name in CHANNELS:
            marker, color = MARKERS[name]
            # Model and gradient often carry the same number of bytes: the later one is smaller.
            ax.plot(values[name], place, marker, color=color, markersize=8 if name != "gradient" else 4.5,
                    markerfacecolor=color if name in binds or name == "gradient" else "white", markeredgewidth=1.6)
        cells = [bytes_text(values[name]) + (f"\n{time_text(values[name] / link)}" if link else "") for name in CHANNELS]
        for column, (name, cell) in enumerate(zip(CHANNELS, cells)):
            ax.text(COLUMNS[column], place, cell, transform=ax.get_yaxis_transform(), ha="center", va="center",
                    fontsize=8, linespacing=1.1, color=BINDS if name in binds else "0.1")
        for column, text, color in ((3, f"{', '.join(binds)}\n{slack:.3g}x", BINDS), (4, measured_text(run), "0.1")):
            ax.text(COLUMNS[column], place, text, transform=ax.get_yaxis_transform(), ha="center", va="center", fontsize=8,
                    linespacing=1.1, color=color)
    for column, name in zip(COLUMNS, [*CHANNELS, "binds, by", "it took"]):
        ax.text(column, -1.05, name, transform=ax.get_yaxis_transform(), ha="center", fontsize=9)
    for name in CHANNELS:
        marker, color = MARKERS[name]
        ax.plot([], [], marker, color=color, label=name, markersize=4.5 if name == "gradient" else 8)
    ax.legend(loc="lower left", bbox_to_anchor=(LABELS - 0.03, 0.995), ncol=3, frameon=False, handletextpad=0.2, columnspacing=1)


def draw_runs(ax, lines, link):
    ax.set_title("(b) bytes an epoch of real runs" + (f", and their time if every channel had {link / 1e9:.3g} GB/s"
                                                      if link else ""), loc="left", pad=26, x=LABELS)
    if not any(values for _, _, values in lines):
        zp.say_missing(ax, "not run")
        return
    ax.set_xscale("log")
    ax.set_ylim(len(lines) - 0.4, -0.7)
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    ax.set_xlabel("bytes an epoch")
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: bytes_text(value)))
    draw_bytes(ax, lines, link)


def draw(results, out):
    engines, lines = engines_of(results), lines_of(results)
    link = engines[0].link if engines else None
    fig = plt.figure(figsize=(17, 9.6))
    draw_model(fig.add_axes((0.015, 0.5, 0.40, 0.43)), engines)
    draw_engines(fig.add_axes((0.02, 0.06, 0.385, 0.40)), engines)
    draw_runs(fig.add_axes((0.605, 0.11, 0.18, 0.77)), lines, link)
    zp.footnote(fig, "(b): one run, the lowest seed, as its trace counts: samples as stored, every draw and refetched row included; "
                     "model read and gradient written once a mini-batch. Labels are not counted, sinograms are. Binds: at equal "
                     "bandwidths; by: how many\ntimes slower the next channel may be before it binds. It took: wall time of an epoch of "
                     "this run on the machine that wrote the result, drawing included, and the bytes of all channels over it "
                     "(not reproducible)."
                     + (" The times beside the bytes are only bytes over the board's link." if link else ""))
    zp.save(fig, out, "fig2")


def main(argv=None):
    return zp.composed_main("fig2", MADE_OF, draw, argv)


if __name__ == "__main__":
    sys.exit(main())
