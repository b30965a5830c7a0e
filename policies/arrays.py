"""Which array library a value belongs to: numpy by default, any other that follows the array API."""

from types import ModuleType
from typing import Any

import numpy as np

Array = Any
"""An array of any library that follows the array API standard, or a number."""


def namespace(*arrays: Array) -> ModuleType:
    """The array library of `arrays`: numpy itself for its own arrays and plain numbers, at no cost."""
    for array in arrays:
        if not isinstance(array, np.ndarray | np.generic | float | int):
            # only other libraries need it
            from array_api_compat import array_namespace, is_array_api_obj  # noqa: PLC0415

            if is_array_api_obj(array):
                found: ModuleType = array_namespace(array)
                return found
    return np
