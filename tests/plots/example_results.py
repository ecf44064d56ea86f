"""Result files as the program writes them, small and made up, for the tests of the figures."""

import hashlib
import json
from pathlib import Path

import h5py
import numpy as np


def write_run(folder, figure, dataset, samples, losses, seed=1, **options):
    """Writes one result. Options: batch, epochs, channels (model and gradient), title, stand_in_for, counts,
    status, bits_stored, minimum, accuracy, display; weights, of a network, stands in for samples and channels."""
    channels = options.get("channels", {"kind": "full"})
    config = {
        "config": figure, "seed": seed, "dataset": dataset,
        "precision": {"samples": samples, "model": channels, "gradient": channels},
        "solver": {"kind": "sgd", "epochs": options.get("epochs", 3), "batch": options.get("batch", 16)},
    }
    if "weights" in options:
        config["precision"] = {"weights": options["weights"]}
        config["solver"] = {"kind": "momentum_sgd", "iterations": 300, "batch": 100}
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
        file["trace/iteration"] = epochs * options.get("display", 100)
        file["trace/test_accuracy"] = np.array(options.get("accuracy", np.full(len(losses), np.nan)), dtype=float)
        file["trace/values_read"] = epochs * 1000
        file["trace/bytes_read"] = epochs * int(125 * options.get("bits_stored", 32))
        if "minimum" in options:
            file["trace"].attrs["exact_minimum"] = options["minimum"]
    with open(path, "ab") as file:
        file.write(b"\nzipml checksum 0123456789abcdef\n")
    return path


FULL = {"kind": "full"}


def quantized(kind, bits, sampling="fresh"):
    return {"kind": kind, "bits": bits, "sampling": sampling, "levels": {"kind": "uniform"}}


SYNTHETIC_100 = {"kind": "synthetic", "features": 100}
QUANTIZED_CHANNEL = {"kind": "quantized", "bits": 8}


def weight_levels(levels, rounding):
    return {"kind": "quantized", "bits": 3, "levels_count": 5, "levels": {"kind": levels}, "rounding": rounding}


def write_everything(folder, seeds=(1, 2, 3)):
    """A little of every figure, with gaps: gisette, most of fig8's panels and some of its bits are missing."""
    for seed in seeds:
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
    for seed in seeds:
        for number, weights in enumerate([FULL, weight_levels("xnor", "nearest"), weight_levels("optimal", "stochastic"),
                                          {"kind": "quantized", "bits": 4, "levels": {"kind": "xnor"},
                                           "rounding": "nearest"}]):
            write_run(folder, "fig7b", {"kind": "cifar10-like"}, FULL, [2.3, 2.0 + 0.1 * number, 1.5 + 0.1 * number], seed,
                      weights=weights, accuracy=[0.1, np.nan, 0.5 - 0.1 * number], stand_in_for="cifar10",
                      title="cifar10-like (generated stand-in for CIFAR-10)")
    write_run(folder, "table1", {"kind": "cadata"}, FULL, [1.0, 0.9], counts=(10000, 10640, 8), title="cadata")
