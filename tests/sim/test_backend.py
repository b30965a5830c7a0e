"""Places for arrays: the same numbers in each, as float64 where that is meant."""

import numpy as np
import pytest

from policies import InputError
from sim.backend import DEVICES, Backend, backend

PLACES = [backend("numpy"), backend("torch")]


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_there_and_back(place: Backend) -> None:
    """Values go there and come back as they were, with their type."""
    for values in (np.array([[1.5, np.nan, np.inf]]), np.array([1, 2**62]), np.array([True, False]), np.float32([0.1])):
        back = place.numpy(place.array(values))
        np.testing.assert_array_equal(back, values)
        assert back.dtype == values.dtype


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_full(place: Backend) -> None:
    """An array of one value, float64 unless said otherwise."""
    for dtype in ("float64", "float32", "int64", "bool"):
        found = place.numpy(place.full((2, 3), 1, dtype))
        assert (found.shape, found.dtype, found.all()) == ((2, 3), np.dtype(dtype), True)
    assert place.numpy(place.full((2,), 0.1)).dtype == np.float64


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_choose_is_float64(place: Backend) -> None:
    """One plain number or another comes out with all its digits."""
    found = place.numpy(place.choose(place.array([True, False]), 0.1, 1 / 3))
    assert found.dtype == np.float64
    assert found.tolist() == [0.1, 1 / 3]


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_lowest(place: Backend) -> None:
    """The lowest of what was there and all that comes, place by place; what is given stays as it is."""
    least = place.array([3.0, 3.0, np.inf, np.inf])
    at, values = place.array([1, 0, 1, 2, 1]), place.array([2.5, 3.5, 2.0, 9.0, 2.25])
    assert place.numpy(place.lowest(least, at, values)).tolist() == [3.0, 2.0, 9.0, np.inf]
    assert place.numpy(least).tolist() == [3.0, 3.0, np.inf, np.inf]


def test_frozen_arrays_stay_frozen() -> None:
    """Torch would write through to an array that nobody may change: it gets a copy."""
    frozen = np.arange(3.0)
    frozen.flags.writeable = False
    moved = backend("torch").array(frozen)
    moved[0] = 7.0
    assert frozen.tolist() == [0.0, 1.0, 2.0]


def test_names() -> None:
    """The places by name; a wrong name is answered with the list."""
    assert [backend(name).name for name in ("numpy", "torch")] == ["numpy", "torch"]
    with pytest.raises(InputError, match="device is 'gpu', but must be one of numpy, torch, cuda") as found:
        backend("gpu")
    assert found.value.path == ("device",)
    assert DEVICES == ("numpy", "torch", "cuda")


def test_cuda_is_asked_for_in_vain() -> None:
    """Without a CUDA device the answer says so."""
    import torch

    if torch.cuda.is_available():
        assert backend("cuda").name == "cuda"
        return
    with pytest.raises(InputError, match="torch finds no CUDA device here") as found:
        backend("cuda")
    assert found.value.path == ("device",)
