"""What figures 4 and 11 share: panels of end-to-end low precision against full precision."""

import matplotlib.pyplot as plt

import zipml_plots as zp


def curves_of(runs, bits):
    quantized = [r for r in runs if r.samples == "double_sampling" and r.bits == bits
                 and r.get("precision/model/kind") == "quantized"
                 and r.get("precision/gradient/kind") == "quantized"]
    channels = ""
    if quantized:
        widths = [quantized[0].get(f"precision/{part}/bits") for part in ("model", "gradient")]
        channels = f" (model {widths[0]}, gradient {widths[1]} bits)"
    return [
        zp.Curve("32-bit", [r for r in runs if r.is_full], zp.BLACK, "-"),
        zp.Curve(f"{bits}-bit double sampling end to end{channels}", quantized, zp.RED, "--"),
    ]


def draw_panels(name, panels, out):
    """panels: (letter, the paper's title of the data set, runs, bits)."""
    fig, axes = plt.subplots(1, len(panels), figsize=(6.2 * len(panels), 4.9))
    for ax, (letter, title, runs, bits) in zip(axes, panels):
        chosen = zp.choose_setting(runs)
        zp.draw_loss_panel(ax, letter, title, chosen, curves_of(chosen, bits))
    fig.tight_layout(rect=(0, 0.035, 1, 1))
    zp.footnote(fig, zp.BAND_NOTE + " Bits as stored: samples only, both draws included.")
    zp.save(fig, out, name)
