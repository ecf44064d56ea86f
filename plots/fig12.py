"""Figure 12: SVM with l1 refetching on cod-rna; shares of refetched rows beside the paper's; bytes read."""

import sys

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import FuncFormatter

import nonlinear
import zipml_plots as zp

PAPER = {4: 67.63, 5: 38.31, 6: 19.95, 7: 10.83, 8: 6.23}
COLORS = {4: zp.RED, 5: zp.ORANGE, 6: zp.GREEN, 7: zp.BLUE, 8: zp.PINK}
STYLES = {4: "--", 5: "-.", 6: ":", 7: (0, (5, 1)), 8: (0, (3, 1, 1, 1))}
# The bound's name in configs, its label, colour, marker, bits it stores beside those of the level.
BOUNDS = [("step", "sum of |x_i| step_i", zp.BLACK, "o", 0), ("nearest", "nearest level: half of it", zp.BLUE, "s", 0),
          ("interval", "interval stored: half, 1 bit more", zp.GREEN, "D", 1)]


def refetching(runs, bound):
    """Stored bits -> runs."""
    extra = next(more for name, _, _, _, more in BOUNDS if name == bound)
    by_bits = {}
    for run in runs:
        if run.samples == "refetch_l1" and run.get("precision/samples/bound") == bound:
            by_bits.setdefault(run.bits + extra, []).append(run)
    return dict(sorted(by_bits.items()))


def share(runs):
    """Percent of all rows of all epochs, median over seeds."""
    return 100 * np.median([r.refetched[1:].mean() for r in runs])


def bytes_share(runs, full):
    """Bytes of all epochs over those of full precision, in percent."""
    return 100 * np.median([r.bytes_by_epoch[-1] for r in runs]) / np.median([r.bytes_by_epoch[-1] for r in full])


def draw_shares(ax, runs):
    ax.plot(list(PAPER), list(PAPER.values()), "*", color=zp.RED, markersize=11, linestyle=":", label="the paper")
    for bound, label, color, marker, _ in BOUNDS:
        groups = refetching(runs, bound)
        if groups:
            ax.plot(list(groups), [share(g) for g in groups.values()], marker + "-", color=color, label=label)
    ax.set_yscale("log")
    ax.yaxis.set_major_formatter(FuncFormatter(zp.plain))
    ax.set_yticks([5, 10, 20, 50, 100])
    ax.set_xticks(list(PAPER))
    ax.set_xlabel("stored bits a value")
    ax.set_ylabel("rows read again [%]")
    ax.set_title("(a) rows read again, all epochs", loc="left")
    ax.legend(loc="lower left")


def draw_bytes(ax, panels):
    for (letter, runs), filled in zip(panels, (True, False)):
        full = [r for r in runs if r.is_full]
        for bound, label, color, marker, _ in BOUNDS:
            groups = refetching(runs, bound)
            if groups and full:
                ax.plot(list(groups), [bytes_share(g, full) for g in groups.values()], marker, color=color,
                        linestyle="-" if filled else ":", fillstyle="full" if filled else "none",
                        label=f"({letter}) {label}")
    ax.axhline(100, color="0.35", linestyle=(0, (4, 3)), linewidth=1, label="32-bit")
    ax.set_xticks(list(PAPER))
    ax.set_xlabel("stored bits a value")
    ax.set_ylabel("sample bytes read, % of 32-bit")
    ax.set_title("bytes read, refetched rows included", loc="left")
    ax.legend(loc="upper right")


def rows_of_table(panels):
    rows = []
    for letter, runs in panels:
        full = [r for r in runs if r.is_full]
        members = [(f"l1, {b} bits", f"{PAPER[b]:g}" if letter == "a" else "-", g)
                   for b, g in refetching(runs, "step").items() if b in PAPER]
        members += [(f"l1 nearest, {b} bits", "-", g) for b, g in refetching(runs, "nearest").items() if b in PAPER]
        sketched = [r for r in runs if r.samples == "refetch_l2"]
        if sketched:
            members.append((f"l2, r = {sketched[0].get('precision/samples/sketch')}", "-", sketched))
        for label, paper, group in members:
            flipped = 100 * np.median([r.flipped[1:].mean() for r in group])
            loss = 100 * (np.median(nonlinear.finals(group)) / np.median(nonlinear.finals(full)) - 1) if full else np.nan
            rows.append([f"({letter}) {label}", paper, f"{share(group):.2f}", f"{flipped:.2f}",
                         f"{bytes_share(group, full):.0f}" if full else "-", f"{loss:+.2f}"])
    return rows


def draw_table(ax, panels):
    ax.axis("off")
    rows = rows_of_table(panels)
    if not rows:
        return
    columns = ["", "paper:\nagain [%]", "ours:\nagain [%]", "wrong\nside [%]", "bytes,\n% of 32-bit", "loss,\n% above"]
    table = ax.table(cellText=rows, colLabels=columns, loc="upper center", cellLoc="right", edges="horizontal",
                     colWidths=[0.3, 0.14, 0.14, 0.14, 0.14, 0.14])
    table.auto_set_font_size(False)
    table.set_fontsize(9)
    for (row, column), cell in table.get_celld().items():
        cell.set_height(0.11 if row == 0 else 0.06)
        cell.set_linewidth(0.4)
        if column == 0:
            cell.set_text_props(ha="left")


def look_closely(ax, runs):
    """From epoch 1: the first one is nearly the whole way."""
    seen = [value for r in runs for value in r.loss[1:] if np.isfinite(value)]
    if not seen:
        return
    margin = 0.08 * (max(seen) - min(seen)) or 0.01 * max(seen)
    ax.set_yscale("linear")
    ax.set_ylim(min(seen) - margin, max(seen) + margin)
    ax.set_xlim(1, max(len(r.loss) for r in runs) - 1)


def draw(runs, out):
    panels = [(letter, nonlinear.of_panel(runs, kinds, "hinge"))
              for letter, (_, _, kinds, _, _) in zip("ab", (nonlinear.PANELS[2], nonlinear.PANELS[0]))]
    cod_rna = panels[0][1]
    fig, axes = plt.subplots(2, 2, figsize=(14, 11))
    step = refetching(cod_rna, "step")
    curves = [zp.Curve("32-bit", [r for r in cod_rna if r.is_full], zp.BLACK, "-", 2.4)]
    curves += [zp.Curve(f"l1 refetching, {b} bits ({share(step[b]):.1f}% again)" if b in step
                        else f"l1 refetching, {b} bits", step.get(b, []), COLORS[b], STYLES[b], bits="read") for b in PAPER]
    zp.draw_loss_panel(axes[0, 0], "a", "cod-rna", cod_rna, curves)
    look_closely(axes[0, 0], [r for curve in curves for r in curve.runs])
    draw_shares(axes[0, 1], cod_rna)
    draw_bytes(axes[1, 0], panels)
    draw_table(axes[1, 1], panels)
    fig.tight_layout(rect=(0, 0.04, 1, 1))
    other = panels[1][1][0].title if panels[1][1] else "gisette"
    zp.footnote(fig, zp.BAND_NOTE + f" (b): {other}. Bits a value as read, refetched rows included.\nl2: rows whose "
                     "Johnson-Lindenstrauss sketch lies near the jump are read again, the others get a Chebyshev gradient.")
    zp.save(fig, out, "fig12")


if __name__ == "__main__":
    sys.exit(zp.main("fig12", draw))
