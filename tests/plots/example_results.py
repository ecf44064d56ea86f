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
    if "model" in options:
        config["model"] = {"kind": options["model"]}
    if "probe" in options:
        config["solver"]["probe"] = {"kind": "bias_and_noise", "estimator": options["probe"]}
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
        nothing = np.zeros(len(losses))
        file["trace/test_accuracy"] = nothing + options.get("accuracy", np.nan)
        file["trace/share_refetched"] = nothing + options.get("refetched", 0.0)
        file["trace/share_flipped"] = nothing
        for name, value in options.get("error", {}).items():
            file[f"bias_and_noise/{name}"] = np.array([value])
        if "minimum" in options:
            file["trace"].attrs["exact_minimum"] = options["minimum"]
    with open(path, "ab") as file:
        file.write(b"\nzipml checksum 0123456789abcdef\n")
    return path


FULL = {"kind": "full"}


def quantized(kind, bits, sampling="fresh"):
    return {"kind": kind, "bits": bits, "sampling": sampling, "levels": {"kind": "uniform"}}


SYNTHETIC_100 = {"kind": "synthetic", "features": 100}
GISETTE, COD_RNA = {"kind": "gisette"}, {"kind": "cod-rna"}


def chebyshev(degree, bits, product="symmetric", delta="best"):
    return dict(quantized("chebyshev", bits), degree=degree, product=product, delta=delta)


def refetching(bits, bound):
    return dict(quantized("refetch_l1", bits), bound=bound)


QUANTIZED_CHANNEL = {"kind": "quantized", "bits": 8}


def write_nonlinear(folder, losses, seed):
    """Figures 9 and 12 and ours beside them; figure 9 without its logistic panels, figure 12 without gisette."""
    svm = dict(model="hinge", accuracy=0.9)
    stored = dict(svm, bits_stored=8)
    for data in (GISETTE, COD_RNA):
        write_run(folder, "fig9", data, FULL, losses, seed, **svm)
        for samples in (chebyshev(15, 4, "powers"), chebyshev(15, 4), chebyshev(15, 4, delta=0.1),
                        quantized("deterministic", 8), quantized("naive", 8)):
            write_run(folder, "fig9", data, samples, losses, seed, **stored)
    write_run(folder, "fig9_bits", COD_RNA, FULL, losses, seed, **svm)
    for samples in (quantized("naive", 4), quantized("deterministic", 4), chebyshev(3, 2), chebyshev(1, 4, delta=1)):
        write_run(folder, "fig9_bits", COD_RNA, samples, losses, seed, **stored)
    error = dict(epoch=3, gradient_norm=0.1, sample_noise=1.0, bias=0.01, bias_floor=0.001, noise=0.2)
    for estimator in (quantized("naive", 4), quantized("deterministic", 4), chebyshev(3, 2), chebyshev(15, 4, "powers")):
        write_run(folder, "bias_variance", COD_RNA, FULL, losses, seed, probe=estimator, error=error, **svm)
    write_run(folder, "fig12", COD_RNA, FULL, losses, seed, **svm)
    for samples in (refetching(8, "step"), refetching(5, "step"), refetching(8, "nearest"), refetching(7, "interval"),
                    dict(chebyshev(15, 4), kind="refetch_l2", sketch=8)):
        write_run(folder, "fig12", COD_RNA, samples, losses, seed, refetched=0.1, **stored)


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
        write_nonlinear(folder, losses, seed)
    write_run(folder, "table1", {"kind": "cadata"}, FULL, [1.0, 0.9], counts=(10000, 10640, 8), title="cadata")
