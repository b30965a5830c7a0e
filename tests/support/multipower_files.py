"""Real curves of the multi-power files, which stand beside the checkout, and the schedules of their names."""

import numpy as np
import pytest
from places import BESIDE

from sim.traces.laws.schedules import rates

FILES = sorted((BESIDE / "traces" / "multipowerlaw").glob("csv_*/*.csv"))
KIND = {"constant": "constant", "cosine": "cosine", "wsd": "wsd", "wsdld": "wsd-linear", "wsdcon": "two-stage"}
real = pytest.mark.skipif(not FILES, reason=f"needs {BESIDE}/traces/multipowerlaw: real curves of three sizes")


def name(path):
    """Size and schedule of a file."""
    return f"{path.parent.name}/{path.stem}"


def schedule(path):
    """The learning rates of all steps of a file's run, from its name."""
    kind, *numbers = path.stem.split("_")
    if kind == "wsdcon":
        return rates("two-stage", 16_000, start=8_000, end=int(numbers[0]) / 30, warmup=2160)
    return rates(KIND[kind], int(numbers[-1]))


def observed(path):
    """Parameters, steps, rates of the rows and losses of a file."""
    table = np.genfromtxt(path, delimiter=",", names=True)
    return float(path.parent.name[4:]) * 1e6, table["step"].astype(int), table["lr"], table["loss"]
