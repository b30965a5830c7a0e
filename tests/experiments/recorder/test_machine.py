"""Which processor computed, and how many of its threads."""

import pytest
import torch

from experiments.recorder.machine import device_of, hardware, processor, threads
from policies import InputError


def test_the_hardware_of_a_trace():
    """It names the threads and the processor, which is never empty."""
    assert processor()
    assert hardware("cpu", 1) == f"CPU, 1 thread, {processor()}"
    assert hardware("cpu", 2).startswith("CPU, 2 threads, ")


def test_the_number_of_threads_is_put_back():
    """Torch's number is global, so it holds within the block only."""
    before = torch.get_num_threads()
    with threads(before + 1):
        assert torch.get_num_threads() == before + 1
    assert torch.get_num_threads() == before


def test_devices(monkeypatch):
    """`auto` takes CUDA where there is a device; `cuda` without one, and a name that is unknown, are refused."""
    assert device_of("cpu") == "cpu"
    monkeypatch.setattr("torch.cuda.is_available", lambda: True)
    assert (device_of("auto"), device_of("cuda"), device_of("cpu")) == ("cuda", "cuda", "cpu")
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    assert device_of("auto") == "cpu"
    for name, said in (("cuda", "finds no CUDA device"), ("tpu", "known: cpu, cuda, auto")):
        with pytest.raises(InputError, match=said):
            device_of(name)
