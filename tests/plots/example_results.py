"""Result files as the program writes them, small and made up, for the tests of the figures."""

import hashlib
import json
from pathlib import Path

import h5py
import numpy as np

from zipml_results import seal_of


def write_run(folder, figure, dataset, samples, losses, seed=1, **options):
    """Writes one result. Options: batch, epochs, channels (model and gradient), title, stand_in_for, counts,
    status, bits_stored, channel_bytes (model and gradient, an epoch), minimum; of a run that does not train (losses
    empty) measure, the config's member, and measured, its group with arrays and, under "attributes", attributes; engine;
    fpga, see engine_times(); epoch_seconds and store_seconds of a run with an
    engine; iterations between rows, display; weights, of a network, stands in for samples and channels."""
    channels = options.get("channels", {"kind": "full"})
    config = {
        "config": figure, "seed": seed, "dataset": dataset,
        "precision": {"samples": samples, "model": channels, "gradient": channels},
        "solver": {"kind": "sgd", "epochs": options.get("epochs", 3), "batch": options.get("batch", 16)},
    }
    config["measure"] = options.get("measure", {"kind": "training"})
    if config["measure"]["kind"] != "training":
        del config["solver"]
    if "model" in options:
        config["model"] = {"kind": options["model"]}
    if "probe" in options:
        config["solver"]["probe"] = {"kind": "bias_and_noise", "estimator": options["probe"]}
    if "labels" in options:
        config["precision"]["labels"] = options["labels"]
    if "engine" in options:
        config["engine"] = options["engine"]
    if "fpga" in options:
        config["fpga"] = options["fpga"]["config"]
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
            "schema_version": 2, "status": options.get("status", "finished"), "run_id": run_id,
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
        file["trace/values_read"] = epochs * 1000
        file["trace/bytes_read"] = epochs * int(125 * options.get("bits_stored", 32))
        for name, value in zip(("model_bytes", "gradient_bytes"), options.get("channel_bytes", (500, 500))):
            file[f"trace/{name}"] = epochs * value
        if "measured" in options:
            group = file.create_group({"gradient_error": "gradient_error", "level_histogram": "histogram"}[
                options["measure"]["kind"]])
            for key, value in options["measured"].items():
                if key == "attributes":
                    group.attrs.update(value)
                else:
                    group[key] = value
        nothing = np.zeros(len(losses))
        file["trace/test_accuracy"] = nothing + options.get("accuracy", np.nan)
        file["trace/share_refetched"] = nothing + options.get("refetched", 0.0)
        file["trace/share_flipped"] = nothing
        for name, value in options.get("error", {}).items():
            file[f"bias_and_noise/{name}"] = np.array([value])
        if "psnr" in options:
            write_image(file, options["psnr"], options.get("label_bits", 32))
        if "fpga" in options:
            write_tree(file.create_group("fpga"), options["fpga"]["group"])
        if "engine" in options:
            file["timing/epoch_seconds"] = np.full(max(len(losses) - 1, 0), options.get("epoch_seconds", 0.01))
            file["timing"].attrs["store_seconds"] = options.get("store_seconds", 0.0)
            file.create_group("provenance").attrs.update({"cpu_model": "a CPU", "cpus": 4, "threads": 2})
        if "minimum" in options:
            file["trace"].attrs["exact_minimum"] = options["minimum"]
    path.write_bytes(path.read_bytes() + seal_of(path.read_bytes()))
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


def write_tree(group, tree):
    for key, value in tree.items():
        if isinstance(value, dict):
            write_tree(group.create_group(key), value)
        elif isinstance(value, (list, np.ndarray)):
            texts = len(value) and isinstance(value[0], str)
            group[key] = np.array(value, dtype=h5py.string_dtype()) if texts else np.array(value)
        else:
            group.attrs[key] = value


def engine_times(design, bits, seconds, binds="memory_bandwidth", platform="harp_qpi", epochs=3, clock=200e6,
                 rate=(65, 128), features=101):
    """The /fpga group and the config's member of a run on an engine that takes so many seconds an epoch."""
    stages = {"name": ["line beside the model read", "adder tree"], "latency": [7, 5], "width_bits": [1024, 512]}
    group = {"design": design, "bits": bits, "platform": platform, "clock_hz": clock, "features": features,
             "rows": 10000, "binds": binds, "seconds": seconds * epochs, "bytes_read": 6400 * epochs, "cycles_total": 100,
             "bytes_written": 512 * epochs, "cycles_busy": 100 * epochs,
             "seconds_per_epoch": [seconds] * epochs, "unconfirmed": ["clock_hz"], "pipeline": stages}
    return {"group": group, "config": {"design": {"kind": design},
                                       "platform": {"clock_hz": clock, "memory": {"rate": list(rate)}}}}


def write_shape(folder, figure, times, **measure):
    """A result that measures an engine's cycles for a shape."""
    write_run(folder, figure, {"kind": "shape"}, FULL, [], fpga=times,
              measure={"kind": "fpga_cycles", "features": times["group"]["features"], **measure})


FULL = {"kind": "full"}


def quantized(kind, bits, sampling="fresh", levels="uniform", scaling="column"):
    chosen = {"kind": levels, "scaling": scaling} if levels == "uniform" else {"kind": levels}
    return {"kind": kind, "bits": bits, "sampling": sampling, "levels": chosen}


def write_levels(folder, dataset, levels, scaling="column", column=3, **options):
    """A result of figure 3."""
    measured = {"edges": np.linspace(0, 10, 6), "counts": np.array([50, 30, 15, 0, 5], dtype=np.uint64),
                "levels": np.array([0, 1, 3, 10], dtype=np.float32),
                "attributes": {"column": column, "mean_variance": 1.0}}
    return write_run(folder, "fig3", dataset, quantized("double_sampling", 3, levels=levels, scaling=scaling), [],
                     measure={"kind": "level_histogram", "column": column}, measured=measured, **options)


def write_errors(folder, dataset, samples, squared, bias, seed=1, **options):
    """A result of `variance`; sampling variance 2 at the minimum."""
    text = h5py.string_dtype()
    measured = {"model": np.array(["zero", "optimum"], dtype=text), "mean_squared": [9.0, squared],
                "bias_squared": [9.0, bias], "sampling_variance": [9.0, 2.0], "lemma_bound": [0.0, 4 * squared]}
    return write_run(folder, "variance", dataset, samples, [], seed, measure={"kind": "gradient_error", "draws": 8},
                     measured=measured, **options)


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


SCAN = {"kind": "tomography", "phantom": "shepp-logan", "size": 8}


def write_scans(folder, seed):
    """Figures 1(c) and tomography_bits, without the thorax and without some series and bits."""
    scan = dict(title="Shepp-Logan phantom", counts=(64, 0, 3), channel_bytes=(1600, 1600))
    losses = [1.0, 0.1, 0.05]
    for figure in ("fig1c", "tomography_bits"):
        write_run(folder, figure, SCAN, FULL, losses, seed, psnr=30 + 0.1 * seed, **scan)
        for bits in (4, 12):
            labels = {"kind": "quantized", "bits": bits}
            low = dict(labels=labels, psnr=29 + 0.1 * seed, label_bits=bits, **scan)
            write_run(folder, figure, SCAN, FULL, losses, seed, **low)
            low["channel_bytes"] = (50 * bits, 50 * bits)
            write_run(folder, figure, SCAN, quantized("double_sampling", bits), losses, seed, bits_stored=bits + 2,
                      channels={"kind": "quantized", "bits": bits}, **low)


def write_engines(folder, seed, losses):
    """Figure 5 and the precision sweep of one seed."""
    title = dict(title="Synthetic 100", minimum=0.85)
    write_run(folder, "fig5", SYNTHETIC_100, FULL, losses, seed, fpga=engine_times("harp_float", 32, 7e-4), **title)
    for sampling in ("fresh", "once"):
        write_run(folder, "fig5", SYNTHETIC_100, quantized("double_sampling", 2, sampling), losses, seed,
                  fpga=engine_times("harp_q2", 2, 1e-4), **title)
    write_run(folder, "fig5", SYNTHETIC_100, FULL, losses, seed, engine={"kind": "hogwild", "threads": 2}, **title)
    timed = {"kind": "training", "timed": True}
    for samples, kind in ((FULL, "synchronous"), (quantized("double_sampling", 4, "once"), "integer"),
                          (quantized("double_sampling", 2, "once"), "integer")):
        write_run(folder, "fig5", SYNTHETIC_100, samples, losses, seed, engine={"kind": kind}, measure=timed, **title)
    for bits, last in ((8, 0.852), (4, 0.853), (2, 3.0)):
        write_run(folder, "precision_sweep", SYNTHETIC_100, quantized("double_sampling", bits),
                  losses[:-1] + [last], seed, **title,
                  fpga=engine_times(f"harp_q{bits}", bits, bits * 1e-4, "compute" if bits < 4 else "memory_bandwidth"))


def write_speedup(folder, seed, noise=18, counts=(300000, 10, 1000)):
    """Figure cpu_speedup: goal 1.01, which 2 bits never reach and which no seed of the single draw has run."""
    dataset = {"kind": "synthetic", "features": counts[2], "noise": noise}
    for samples, kind, seconds, last in ((FULL, "synchronous", 1.0, 1.0), (FULL, "hogwild", 2.0, 1.0),
                                         (quantized("double_sampling", 8, "once"), "integer", 0.5, 1.0),
                                         (quantized("double_sampling", 4, "once"), "integer", 0.2, 1.0),
                                         (quantized("double_sampling", 2, "once"), "integer", 0.1, 1.5)):
        write_run(folder, "cpu_speedup", dataset, samples, [10.0, 2.0, 1.005 if last == 1.0 else last, last], seed,
                  engine={"kind": kind}, measure={"kind": "training", "timed": True}, epoch_seconds=seconds,
                  store_seconds=0.0 if samples is FULL else 3.0, counts=counts, minimum=0.9, title="Synthetic 1000",
                  batch=256)


def write_shapes(folder):
    for rate, clock in (((1, 4), 200e6), ((65, 128), 200e6), ((1, 1), 100e6)):
        for design, bits, seconds in (("harp_float", 32, 7e-4), ("harp_q2", 2, 1e-4), ("harp_q1", 1, 1e-4)):
            write_shape(folder, "fig5_platform", engine_times(design, bits, seconds, rate=rate, clock=clock))
    write_shape(folder, "fig13", engine_times("harp_float", 32, 7e-4))
    write_shape(folder, "fig14", engine_times("harp_q8", 8, 4e-4))
    for design, seconds, board in (("pynq_float", 0.04, 0.5), ("pynq_q1", 0.001, 0.1)):
        write_shape(folder, "board", engine_times(design, 1, seconds, platform="pynq", features=785),
                    measured_seconds=board, measured_source="somebody's board")


def weight_levels(levels, rounding):
    return {"kind": "quantized", "bits": 3, "levels_count": 5, "levels": {"kind": levels}, "rounding": rounding}


def write_everything(folder, seeds=(1, 2, 3)):
    """A little of every figure, with gaps: gisette, most of fig8's panels and some of its bits are missing."""
    for seed in seeds:
        write_scans(folder, seed)
        losses = [10.0, 2.0 + 0.1 * seed, 1.0 + 0.01 * seed, 0.9]
        low = dict(bits_stored=6)
        for kind in ("deterministic", "naive", "double_sampling"):
            write_run(folder, "bias", SYNTHETIC_100, quantized(kind, 4), losses, seed, **low)
        write_run(folder, "bias", SYNTHETIC_100, FULL, losses, seed, minimum=0.85, title="Synthetic 100")
        write_engines(folder, seed, losses)
        write_speedup(folder, seed)
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
        year = dict(title="year-like (generated stand-in for YearPredictionMSD)", stand_in_for="YearPredictionMSD")
        for samples in (FULL, quantized("double_sampling", 5), quantized("double_sampling", 3, levels="optimal")):
            write_run(folder, "fig7a", {"kind": "year-like"}, samples, losses, seed, minimum=0.85, **year)
        for samples in (FULL, quantized("double_sampling", 2), quantized("double_sampling", 2, levels="optimal")):
            diverged = samples.get("bits") == 2 and seed == 2 and samples["levels"]["kind"] == "uniform"
            write_run(folder, "fig10", {"kind": "cpusmall"}, samples, [10.0, 90.0, np.inf] if diverged else losses,
                      seed, status="diverged" if diverged else "finished", minimum=0.85)
        for design, arithmetic, last in (("harp_float", "float64", 0.9), ("harp_q8", "in_order", 0.95),
                                         ("harp_q8", "hardware", 1.0)):
            write_run(folder, "fpga_numerics", SYNTHETIC_100, FULL, [10.0, 2.0, last], seed,
                      measure={"kind": "hardware_training", "design": design, "arithmetic": arithmetic})
        for bits in (1, 2, 4):
            for levels in ("uniform", "optimal"):
                write_errors(folder, SYNTHETIC_100, quantized("double_sampling", bits, levels=levels), 4.0 ** -bits,
                             1e-3 * 4.0 ** -bits, seed)
        write_nonlinear(folder, losses, seed)
    write_shapes(folder)
    for levels, scaling in (("optimal", ""), ("uniform", "column"), ("uniform", "min_max")):
        write_levels(folder, {"kind": "cadata"}, levels, scaling, title="cadata")
    for seed in seeds:
        for number, weights in enumerate([FULL, weight_levels("xnor", "nearest"), weight_levels("optimal", "stochastic"),
                                          {"kind": "quantized", "bits": 4, "levels": {"kind": "xnor"},
                                           "rounding": "nearest"}]):
            write_run(folder, "fig7b", {"kind": "cifar10-like"}, FULL, [2.3, 2.0 + 0.1 * number, 1.5 + 0.1 * number], seed,
                      weights=weights, accuracy=[0.1, np.nan, 0.5 - 0.1 * number], stand_in_for="cifar10",
                      title="cifar10-like (generated stand-in for CIFAR-10)")
    write_run(folder, "table1", {"kind": "cadata"}, FULL, [1.0, 0.9], counts=(10000, 10640, 8), title="cadata")
