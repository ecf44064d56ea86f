"""Loading of result files. Knows their layout only, never configs on disk."""

import json
import math
import sys
from dataclasses import dataclass, field
from pathlib import Path

import h5py
import numpy as np

SCHEMA_VERSION = 2


@dataclass
class Image:
    """The shown slice of a reconstruction, and the quality of the volume at the end."""

    pixels: np.ndarray
    truth: np.ndarray
    back_projection: np.ndarray
    back_projection_quality: dict  # rmse, psnr, ssim
    quality: dict
    slices: int
    label_bytes: int  # of the sinogram, whole run


@dataclass
class Run:
    """One result file."""

    run_id: str
    seed: int
    panel: str
    diverged: bool
    title: str
    stand_in_for: str
    counts: tuple  # training rows, test rows, features
    config: dict
    alpha: float
    loss: np.ndarray  # train loss, one entry an epoch, epoch 0 included; empty for a run that did not train
    bytes_read: int
    values_read: int
    minimum: float  # exact minimum; NaN where it is not known
    measured: dict  # arrays and attributes of /gradient_error or /histogram, by name; empty after training
    iterations: np.ndarray  # mini-batches done, one entry a row of the trace
    bytes_by_epoch: np.ndarray  # sample bytes read so far, epoch 0 included
    accuracy: np.ndarray  # share of test rows with the right sign; NaN for regression and where there was no test
    refetched: np.ndarray  # share of each epoch's rows that were read again
    flipped: np.ndarray  # share of each epoch's rows with a slope from the wrong side
    error: dict  # what the run measured of an estimator's gradients after its last epoch; empty if nothing
    model_bytes: int = 0  # model channel, whole run
    gradient_bytes: int = 0  # gradient channel, whole run
    image: object = None  # Image of a reconstruction
    fpga: dict = field(default_factory=dict)  # arrays and attributes of /fpga, by name; empty without an engine
    wall: dict = field(default_factory=dict)  # how long it really ran, and where: see read_wall()

    def get(self, pointer, default=None):
        value = self.config
        for token in pointer.strip("/").split("/"):
            if not isinstance(value, dict) or token not in value:
                return default
            value = value[token]
        return value

    @property
    def samples(self):
        return self.get("precision/samples/kind", "")

    @property
    def bits(self):
        return self.get("precision/samples/bits")

    @property
    def levels(self):
        return self.get("precision/samples/levels/kind", "")

    @property
    def final(self):
        return math.inf if self.diverged else float(self.loss[-1])

    @property
    def is_full(self):
        if self.get("precision/weights") is not None:  # a network
            return self.get("precision/weights/kind") == "full"
        channels = ("precision/samples/kind", "precision/model/kind", "precision/gradient/kind")
        return all(self.get(channel) == "full" for channel in channels) and not self.get("precision/labels")

    @property
    def channel_bytes(self):
        return self.model_bytes + self.gradient_bytes

    @property
    def passes(self):
        """Passes over the training rows that were made."""
        if self.get("solver/iterations") is None:
            return len(self.loss) - 1
        return self.iterations[-1] * self.get("solver/batch") / self.counts[0]  # a network

    @property
    def bits_per_value(self):
        return 8 * self.bytes_read / self.values_read if self.values_read else math.nan


def plain_text(text):
    """For matplotlib, which takes what stands between two dollars for a formula: a file's name may have them."""
    return text.replace("$", r"\$")


def read_measured(file):
    """What a run measured that did not train."""
    for name in ("gradient_error", "histogram"):
        if name in file:
            return {**{key: value[()] for key, value in file[name].items()}, **dict(file[name].attrs)}
    return {}


def _read_image(file):
    if "tomography" not in file:
        return None
    group, names = file["tomography"], ("rmse", "psnr", "ssim")
    shape = (int(group.attrs["size"]),) * 2
    square = lambda values: values[()].reshape(shape)  # noqa: E731
    reference = group["back_projection"]
    return Image(
        pixels=square(file["model/x"]), truth=square(group["truth"]), back_projection=square(reference),
        back_projection_quality={name: float(reference.attrs[name]) for name in names},
        quality={name: float(group[name][-1]) for name in names}, slices=int(group.attrs["slices"]),
        label_bytes=int(group["label_bytes"][-1]))


def read_tree(group):
    """Arrays, attributes and groups of a group, by name."""
    tree = {key: value.decode() if isinstance(value, bytes) else value for key, value in group.attrs.items()}
    for key, value in group.items():
        tree[key] = read_tree(value) if isinstance(value, h5py.Group) else value[()]
    return tree


def read_wall(file):
    if "timing/epoch_seconds" not in file:
        return {}
    attributes = read_tree(file["provenance"]) if "provenance" in file else {}
    return {"epoch_seconds": file["timing/epoch_seconds"][()], "cpu": attributes.get("cpu_model", "unknown CPU"),
            "cpus": int(attributes.get("cpus", 0)), "threads": int(attributes.get("threads", 0)),
            "store_seconds": float(file["timing"].attrs.get("store_seconds", 0))}


def seal_of(data):
    """The checksum line that ends a result file whose other bytes are `data`: FNV-1a, 64 bits."""
    state = 0xcbf29ce484222325
    for byte in data:
        state = ((state ^ byte) * 0x100000001b3) & 0xffffffffffffffff
    return b"\nzipml checksum %016x\n" % state


def check_seal(path):
    """ValueError for a file that was cut or changed, on which libhdf5 may crash or, worse, read other numbers."""
    data = Path(path).read_bytes()
    body = data[:-len(seal_of(b""))]
    if b"\nzipml checksum " not in data[len(body):]:
        raise ValueError("truncated, or not written by zipml: its checksum line is missing")
    if data[len(body):] != seal_of(body):
        raise ValueError("damaged: its checksum does not match")


def read_run(path):
    check_seal(path)
    with h5py.File(path, "r") as file:
        root = file.attrs
        version = int(root["schema_version"])
        if version != SCHEMA_VERSION:
            raise ValueError(f"written with layout version {version}; the figures read version {SCHEMA_VERSION}")
        text = lambda value: value.decode() if isinstance(value, bytes) else str(value)  # noqa: E731
        config = file["config"][()]
        trace = file["trace"]
        loss = trace["train_loss"][()].astype(float)
        measured = read_measured(file)
        fpga = read_tree(file["fpga"]) if "fpga" in file else {}
        if loss.size == 0 and not measured and not fpga:
            raise ValueError("the trace has no epoch")
        errors = file.get("bias_and_noise")
        return Run(
            bytes_by_epoch=trace["bytes_read"][()].astype(float), accuracy=trace["test_accuracy"][()].astype(float),
            refetched=trace["share_refetched"][()].astype(float), flipped=trace["share_flipped"][()].astype(float),
            error={name: float(values[-1]) for name, values in errors.items()} if errors else {},
            run_id=text(root["run_id"]), seed=int(root["seed"]), panel=text(root["panel"]),
            diverged=text(root["status"]) == "diverged",
            title=plain_text(text(root["dataset_title"])),
            stand_in_for=text(root["dataset_stand_in_for"]),
            counts=(int(root["train_rows"]), int(root["test_rows"]), int(root["features"])),
            config=json.loads(text(config)), alpha=float(root["alpha"]), loss=loss,
            bytes_read=int(trace["bytes_read"][-1]) if loss.size else 0,
            values_read=int(trace["values_read"][-1]) if loss.size else 0,
            minimum=float(trace.attrs["exact_minimum"]) if "exact_minimum" in trace.attrs else math.nan,
            measured=measured, iterations=trace["iteration"][()].astype(float),
            model_bytes=int(trace["model_bytes"][-1]) if loss.size else 0,
            gradient_bytes=int(trace["gradient_bytes"][-1]) if loss.size else 0,
            image=_read_image(file), fpga=fpga, wall=read_wall(file))


def load_runs(results, figure):
    """Every undamaged run of the figure's config, in the order of their ids."""
    runs = {}
    for path in sorted((Path(results) / figure).glob("*.h5")):
        try:
            run = read_run(path)
            if run.run_id in runs:
                raise ValueError(f"a copy of run {run.run_id}, which another file holds as well")
            runs[run.run_id] = run
        except (OSError, KeyError, ValueError, IndexError, TypeError, AttributeError, RuntimeError) as problem:
            print(f"skipped: {path}: {problem}", file=sys.stderr)
    return list(runs.values())
