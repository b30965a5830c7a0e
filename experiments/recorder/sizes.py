"""The shapes of the models, by the number of their parameters."""

from dataclasses import dataclass

from experiments.recorder.corpus import VOCABULARY
from policies import InputError
from policies.errors import nearest


@dataclass(frozen=True)
class Size:
    """The shape of a model.

    Attributes:
        width: of the residual stream, a multiple of twice the heads.
        layers: blocks of attention and a GELU layer.
        heads: of attention.
    """

    width: int
    layers: int
    heads: int

    @property
    def parameters(self) -> int:
        """How many: the embedding, 12 width^2 in each block, and the gains of the norms."""
        return VOCABULARY * self.width + 12 * self.layers * self.width**2 + (2 * self.layers + 1) * self.width


SIZES = {
    "20k": Size(24, 2, 2),
    "50k": Size(40, 2, 2),
    "200k": Size(64, 4, 4),
    "600k": Size(96, 5, 4),
    "1m": Size(128, 5, 4),
    "3m": Size(192, 7, 6),
    "10m": Size(320, 8, 8),
}
"""By the number of parameters, which is within 8% of what the name says."""


def size_of(name: str) -> Size:
    """The size of that name.

    Raises:
        InputError: unknown.
    """
    if name not in SIZES:
        raise InputError(f"--size {name!r} is not known; {nearest(name, SIZES)}")
    return SIZES[name]
