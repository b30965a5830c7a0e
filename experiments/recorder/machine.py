"""Which processor computed: what a trace says about its hardware."""

# ruff: noqa: PLC0415 - torch is imported where something is trained, and nowhere else
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from policies import InputError

DEVICES = ("cpu", "cuda", "auto")


def device_of(name: str) -> str:
    """`cpu` or `cuda`; `auto` takes a CUDA device where there is one.

    Raises:
        InputError: unknown, or `cuda` where there is none.
    """
    import torch

    if name not in DEVICES:
        raise InputError(f"--device {name!r} is not known; known: {', '.join(DEVICES)}")
    there = torch.cuda.is_available()
    if name == "cuda" and not there:
        raise InputError("--device cuda: torch finds no CUDA device here; use --device cpu, or install torch for CUDA")
    return "cuda" if there and name != "cpu" else "cpu"


@contextmanager
def threads(count: int) -> Iterator[None]:
    """So many threads for torch's work on the CPU; the number is global, so it is put back."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def hardware(device: str, threads: int) -> str:
    """E.g. `CPU, 1 thread, AMD EPYC` or `1x NVIDIA H100`."""
    if device == "cuda":
        import torch

        return f"1x {torch.cuda.get_device_name()}"
    return f"CPU, {threads} thread{'s' * (threads != 1)}, {processor()}"


def facts() -> dict[str, Any]:
    """What a manifest says about the machine."""
    import torch

    return {
        "torch": torch.__version__,
        "python": platform.python_version(),
        "system": platform.system(),
        "hardware": processor(),
        "cores": os.cpu_count(),
        "cuda": torch.cuda.is_available(),
    }


def processor() -> str:
    """The model of the CPU as the system names it, or its architecture."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()
