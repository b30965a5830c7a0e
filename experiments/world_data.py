"""`scenario.data`: what models are trained on and what validators judge on, from its YAML form."""

from typing import TYPE_CHECKING, Any

from policies import InputError

if TYPE_CHECKING:
    from sim.data import Data


def build_data(given: Any) -> "Data":
    """The data of a world.

    Args:
        given: plain data, as in the recipe.

    Raises:
        InputError: with the key path within `data`.
    """
    raise InputError(f"is {given!r}, but several data sets are not available yet; leave it out")
