"""Result files as the program writes them, small and made up, for the tests of the figures."""

import hashlib
import json
from pathlib import Path

import h5py
import numpy as np


def write_run(folder, figure, dataset, samples, losses, seed=1, **options):
    """Writes one result. Options: batch, epochs, channels (model and gradient), title, stand_in_for, counts,
    status, bits_stored, minimum."""
    channels = options.get("channels", {"kind": "full"})
    config = {
        "config": figure, "seed": seed, "dataset": dataset,
        "precision": {"samples": samples, "model": channels, "gradient": channels},
        "solver": {"kind": "sgd", "epochs": options.get("epochs", 3), "batch": options.get("batch", 16)},
    }
    if "labels" in options:
        config["precision"]["labels"] = options["labels"]
    text = json.dumps(config, sort_keys=True)
    run_id = hashlib.sha256(text.encode()).hexdigest()[:16]
    path = Path(folder) / figure / f"{run_id}.h5"
    path.parent.mkdir(parents=True, exist_ok=True)
    train_rows, test_rows, features = options.get("counts", (100, 50, 10))
    with h5py.File(path, "w") as file:
        attributes = {
            "schema_version": 1, "status": options.get("status", "finished"), "run_id": run_id,
            "config_name": figure, "panel": "", "series": "", "seed": seed, "alpha": 0.1,
            "dataset_name": dataset["kind"], "dataset_title": options.get("title", dataset["kind"]),
            "dataset_stand_in_for": options.get("stand_in_for", ""), "train_rows": train_rows,
            "test_rows": test_rows, "features": features,
        }
        for key, value in attributes.items():
            file.attrs[key] = value
        file["config"] = text
        epochs = np.arange(len(losses), dtype=np.uint64)
        file["trace/train_loss"] = np.array(losses, dtype=float)
        file["trace/values_read"] = epochs * 1000
        file["trace/bytes_read"] = epochs * int(125 * options.get("bits_stored", 32))
        if "psnr" in options:
            write_image(file, options["psnr"], options.get("label_bits", 32))
        if "minimum" in options:
            file["trace"].attrs["exact_minimum"] = options["minimum"]
    with open(path, "ab") as file:
        file.write(b"\nzipml checksum 0123456789abcdef\n")
    return path


def write_image(file, psnr, label_bits):
    """A reconstruction of 8 x 8 pixels."""
    size = 8
    truth = np.arange(size * size, dtype=np.float32) / (size * size)
    group = file.create_group("tomography")
    group.attrs.update({"size": size, "slices": 1, "shown_slice": 0})
    file["model/x"] = truth + np.float32(10 ** (-psnr / 20))
    group["truth"] = truth
    group["back_projection"] = truth[::-1].copy()
    group["back_projection"].attrs.update({"rmse": 0.1, "psnr": 20.0, "ssim": 0.5})
    epochs = len(file["trace/train_loss"])
    group["rmse"] = np.full(epochs, 10 ** (-psnr / 20))
    group["psnr"] = np.full(epochs, float(psnr))
    group["ssim"] = np.full(epochs, 0.9)
    group["label_bytes"] = np.arange(epochs, dtype=np.uint64) * (label_bits * 100)


FULL = {"kind": "full"}


def quantized(kind, bits, sampling="fresh"):
    return {"kind": kind, "bits": bits, "sampling": sampling, "levels": {"kind": "uniform"}}


SYNTHETIC_100 = {"kind": "synthetic", "features": 100}
SCAN = {"kind": "tomography", "phantom": "shepp-logan", "size": 8}
QUANTIZED_CHANNEL = {"kind": "quantized", "bits": 8}


def write_scans(folder, seed):
    """Figures 1(c) and tomography_bits, without the thorax and without some series and bits."""
    scan = dict(title="Shepp-Logan phantom", counts=(64, 0, 3))
    losses = [1.0, 0.1, 0.05]
    for figure in ("fig1c", "tomography_bits"):
        write_run(folder, figure, SCAN, FULL, losses, seed, psnr=30 + 0.1 * seed, **scan)
        for bits in (4, 12):
            labels = {"kind": "quantized", "bits": bits}
            low = dict(labels=labels, psnr=29 + 0.1 * seed, label_bits=bits, **scan)
            write_run(folder, figure, SCAN, FULL, losses, seed, **low)
            write_run(folder, figure, SCAN, quantized("double_sampling", bits), losses, seed, bits_stored=bits + 2,
                      channels={"kind": "quantized", "bits": bits}, **low)


def write_everything(folder, seeds=(1, 2, 3)):
    """A little of every figure, with gaps: gisette, most of fig8's panels and some of its bits are missing."""
    for seed in seeds:
        write_scans(folder, seed)
        losses = [10.0, 2.0 + 0.1 * seed, 1.0 + 0.01 * seed, 0.9]
        low = dict(bits_stored=6)
        for kind in ("deterministic", "naive", "double_sampling"):
            write_run(folder, "bias", SYNTHETIC_100, quantized(kind, 4), losses, seed, **low)
        write_run(folder, "bias", SYNTHETIC_100, FULL, losses, seed, minimum=0.85, title="Synthetic 100")
        write_run(folder, "fig4", SYNTHETIC_100, FULL, losses, seed, title="Synthetic 100")
        write_run(folder, "fig4", SYNTHETIC_100, quantized("double_sampling", 4), losses, seed,
                  channels=QUANTIZED_CHANNEL, **low)
        title = "cod-rna-like (generated stand-in for cod-rna)"
        cod_rna = dict(title=title, stand_in_for="cod-rna")
        write_run(folder, "fig11", {"kind": "cod-rna-like"}, FULL, losses, seed, **cod_rna)
        for batch in (16, 256):
            write_run(folder, "fig6", SYNTHETIC_100, FULL, losses, seed, batch=batch)
            write_run(folder, "fig6", SYNTHETIC_100, quantized("double_sampling", 3), losses, seed, batch=batch, **low)
        write_run(folder, "fig8", {"kind": "cadata"}, FULL, losses, seed, title="cadata", minimum=0.85)
        for bits in (1, 3, 8):
            diverged = bits == 1 and seed == 2
            write_run(folder, "fig8", {"kind": "cadata"}, quantized("double_sampling", bits),
                      [10.0, 90.0, np.inf] if diverged else losses, seed, title="cadata",
                      status="diverged" if diverged else "finished", bits_stored=bits + 2)
    write_run(folder, "table1", {"kind": "cadata"}, FULL, [1.0, 0.9], counts=(10000, 10640, 8), title="cadata")
