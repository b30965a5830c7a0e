"""Where the arrays of a world live: numpy by default, torch on the CPU or on CUDA where asked for."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from policies.arrays import Array
from policies.errors import InputError

DEVICES = ("numpy", "torch", "cuda")


@dataclass(frozen=True)
class Backend:
    """An array library and a device; all numbers are drawn by numpy and carried over, so they are the same everywhere.

    Attributes:
        name: one of `DEVICES`.
        xp: the array library.
        device: the device, as the library calls it.
    """

    name: str
    xp: Any
    device: Any = field(default=None, compare=False)

    def array(self, values: Any, dtype: Any = None) -> Array:
        """Values of numpy as an array here; never shared where that could be written through."""
        if self.xp is np:
            return np.asarray(values, dtype=dtype)
        values = np.array(values, dtype=dtype)  # torch would share the memory of a frozen array, and warns about it
        return self.xp.asarray(values, device=self.device)

    def full(self, shape: tuple[int, ...], value: float, dtype: str = "float64") -> Array:
        """An array of one value."""
        return self.array(np.full(shape, value, dtype=dtype))

    def choose(self, where: Array, yes: float, no: float) -> Array:
        """One number or the other as float64: of two plain numbers, torch's `where` would make float32."""
        return self.xp.where(where, self.full((), yes), self.full((), no))

    def lowest(self, least: Array, at: Array, values: Array) -> Array:
        """`least` `[n]` after taking in values at some places, several of which may be the same; `[some]` each."""
        if self.xp is np:
            out = least.copy()
            np.minimum.at(out, at, values)
            return out
        return least.scatter_reduce(0, at, values, "amin")  # whatever the order, a minimum is the same to the bit

    def numpy(self, values: Array) -> np.ndarray:
        """An array of this place as numpy's."""
        if self.xp is np:
            return np.asarray(values)
        return np.asarray(values.detach().cpu().numpy())


def _numpy() -> Backend:
    return Backend("numpy", np)


def _torch(device: str) -> Backend:
    from array_api_compat import torch as xp  # noqa: PLC0415 - slow to import, and only here

    if device == "cuda" and not xp.cuda.is_available():
        raise InputError("device is 'cuda', but torch finds no CUDA device here; use numpy or torch", ("device",))
    return Backend("torch" if device == "cpu" else "cuda", xp, xp.device(device))


_MAKERS: dict[str, Callable[[], Backend]] = {
    "numpy": _numpy,
    "torch": lambda: _torch("cpu"),
    "cuda": lambda: _torch("cuda"),
}


def backend(name: str = "numpy") -> Backend:
    """The place of that name.

    Raises:
        InputError: there is none of that name, or no CUDA device.
    """
    if name not in _MAKERS:
        raise InputError(f"device is {name!r}, but must be one of {', '.join(DEVICES)}", ("device",))
    return _MAKERS[name]()
