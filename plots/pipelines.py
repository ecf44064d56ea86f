"""What figures 13 and 14 share: pipelines, drawn from the stage lists in the results."""

import matplotlib.pyplot as plt
from matplotlib.patches import FancyBboxPatch

import fpga_plots as fp
import zipml_plots as zp

IN_A_ROW = 7
WIDTH, HEIGHT, GAP, ROW = 1.0, 0.62, 0.16, 1.0  # of a box, between boxes, between rows


def color_of(bits):
    return "#DCEBF7" if bits <= 64 else "#B9D7EE" if bits <= 512 else "#8FBFE3"


def draw_stage(ax, place, name, latency, width, begin):
    row, column = divmod(place, IN_A_ROW)
    x, y = column * (WIDTH + GAP), -row * ROW
    ax.add_patch(FancyBboxPatch((x, y), WIDTH, HEIGHT, boxstyle="round,pad=0,rounding_size=0.05",
                                facecolor=color_of(width), edgecolor="0.35", linewidth=0.9))
    ax.text(x + WIDTH / 2, y + 0.67 * HEIGHT, zp.wrap(name, 17), ha="center", va="center", fontsize=8)
    cycles = "cycle" if latency == 1 else "cycles"
    ax.text(x + WIDTH / 2, y + 0.17 * HEIGHT, f"{latency} {cycles}, {width:,} bits", ha="center", va="center",
            fontsize=7.5, color="0.25")
    ax.text(x, y - 0.05, f"{begin}", ha="center", va="top", fontsize=7.5, color=zp.RED)
    return x + WIDTH, y


def draw_pipeline(ax, run):
    stages = list(zip(fp.texts(run.fpga["pipeline"]["name"]), run.fpga["pipeline"]["latency"],
                      run.fpga["pipeline"]["width_bits"]))
    begin, x, y = 0, 0.0, 0.0
    for place, (name, latency, width) in enumerate(stages):
        if place and place % IN_A_ROW:
            ax.annotate("", (x + GAP, y + HEIGHT / 2), (x, y + HEIGHT / 2),
                        arrowprops={"arrowstyle": "-|>", "color": "0.35"})
        x, y = draw_stage(ax, place, name, int(latency), int(width), begin)
        begin += int(latency)
    ax.text(x, y - 0.05, f"{begin}", ha="center", va="top", fontsize=7.5, color=zp.RED)
    rows = -(-len(stages) // IN_A_ROW)
    ax.set_xlim(-0.15, IN_A_ROW * (WIDTH + GAP))
    ax.set_ylim(-(rows - 1) * ROW - 0.25, HEIGHT + 0.1)
    ax.axis("off")
    per_cycle = run.fpga["bytes_read"] / run.fpga["cycles_total"]
    ax.set_title(f"{run.fpga['design']}: {begin} cycles from a line to the written model, {per_cycle:.3g} bytes taken a "
                 f"cycle", loc="left")


def draw(name, designs, runs, out):
    members = {r.fpga["design"]: r for r in runs if r.fpga}
    shown = [members[design] for design in designs if design in members]
    missing = [design for design in designs if design not in members]
    if not shown:
        fig, ax = plt.subplots(figsize=(8, 3))
        zp.say_missing(ax, "no results of " + ", ".join(designs))
        zp.save(fig, out, name)
        return
    heights = [-(-len(r.fpga["pipeline"]["name"]) // IN_A_ROW) for r in shown]
    fig, axes = plt.subplots(len(shown), 1, figsize=(12.5, 0.9 + 1.15 * sum(heights) + 0.35 * len(shown)),
                             gridspec_kw={"height_ratios": heights}, squeeze=False)
    for ax, run in zip(axes[:, 0], shown):
        draw_pipeline(ax, run)
    fig.tight_layout(rect=(0, 0.045, 1, 1))
    zp.footnote(fig, "Stages of the published engines, left to right and row by row. Red: cycle at which a sample of one line "
                     "enters; every further line of a sample adds one. Blue: width of the data path."
                     + (f" Not run: {', '.join(missing)}." if missing else ""))
    zp.save(fig, out, name)
