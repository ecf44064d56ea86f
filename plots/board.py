"""Ours: the clocked model of the PYNQ engines against the seconds that their authors measured on the board."""

import sys

import matplotlib.pyplot as plt

import zipml_plots as zp

SETS = [("MNIST", 785, "pynq_q1"), ("YearPrediction", 91, "pynq_q8")]


def seconds(run):
    """Of the model and of the board."""
    return float(run.fpga["seconds"]), float(run.get("measure/measured_seconds"))


def rows_of(runs):
    """Label, model, board, for each run and each difference."""
    rows = []
    for title, features, quantized in SETS:
        members = {r.fpga["design"]: r for r in runs if r.fpga and r.fpga["features"] == features
                   and r.get("measure/measured_seconds") is not None}
        known = {design: seconds(members[design]) for design in ("pynq_float", quantized) if design in members}
        if len(known) == 2:
            difference = [a - b for a, b in zip(known["pynq_float"], known[quantized])]
            rows.append((f"{title}\nfloat minus {quantized[5:].upper()}", *difference, True))
        for design, values in known.items():
            rows.append((f"{title}\n{design[5:].upper() if design != 'pynq_float' else 'float'}", *values, False))
    return rows


def draw(runs, out):
    rows = rows_of(runs)
    fig, (ax, side) = plt.subplots(1, 2, figsize=(13, 5.4), gridspec_kw={"width_ratios": [1.25, 1]})
    for place, (label, model, board, clean) in enumerate(rows):
        strength = 1.0 if clean else 0.45
        ax.barh(place - 0.19, board, 0.36, color=zp.ORANGE, alpha=strength, label="board, measured" if place == 0 else None)
        ax.barh(place + 0.19, model, 0.36, color=zp.BLUE, alpha=strength, label="clocked model" if place == 0 else None)
    ax.set_yticks(range(len(rows)), [row[0] for row in rows], fontsize=9)
    ax.invert_yaxis()
    ax.grid(axis="y", visible=False)
    ax.set_xlabel("seconds for 10 epochs")
    ax.set_title("PYNQ engines at 100 MHz", loc="left")
    ax.legend(loc="lower right")
    side.axis("off")
    table = side.table(cellText=[[row[0].replace("\n", ", "), f"{row[1]:.4f}", f"{row[2]:.4f}", f"{100 * (row[1] / row[2] - 1):+.1f}%"]
                                 for row in rows],
                       colLabels=["", "model [s]", "board [s]", "difference"], colWidths=[0.49, 0.16, 0.16, 0.19],
                       loc="center", cellLoc="right")
    table.auto_set_font_size(False)
    table.set_fontsize(9)
    table.scale(1, 1.7)
    for (line, column), cell in table.get_celld().items():
        cell.set_edgecolor("0.8")
        clean = line > 0 and rows[line - 1][3]
        if line == 0 or clean:
            cell.set_text_props(weight="bold")
        if column == 0:
            cell.get_text().set_ha("left")
    sources = sorted({r.get("measure/measured_source") for r in runs if r.get("measure/measured_source")})
    fig.tight_layout(rect=(0, 0.09, 1, 1))
    zp.footnote(fig, zp.wrap("Board: " + "; ".join(sources) + ". Its timer includes two sleeps of 10 ms, setting up the DMA "
                             "and reading the model back in every epoch; differences of two engines (bold) cancel what both "
                             "have alike.", 170))
    zp.save(fig, out, "board")


if __name__ == "__main__":
    sys.exit(zp.main("board", draw))
