"""What a check of `steepest verify theory` is."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Check:
    """A number that a closed form predicts.

    Attributes:
        id: the result, and which of its numbers, as in `records mean n=100`.
        what: in words, with the unit.
        expected: the number.
        quick: whether `--quick` has it too.
    """

    id: str
    what: str
    expected: float
    quick: bool = True
