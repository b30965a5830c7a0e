"""What can be wrong with an input, from the general to the particular.

InputError              the user's input is wrong: the command line answers with exit code 2 and this message
└── PolicyError         a name on a shelf (policies, strategies), a parameter, or a formula
"""

from collections.abc import Iterable
from difflib import get_close_matches


class InputError(ValueError):
    """The input is wrong; the message gives what was given, the rule, and what to do.

    Attributes:
        path: keys from the top of the given mapping to the fault, so that a file reader can name the line.
    """

    def __init__(self, message: str, path: tuple[str | int, ...] = ()) -> None:
        super().__init__(message)
        self.path = path

    def under(self, *keys: str | int) -> "InputError":
        """The same fault, seen from further up: `keys` lead to where `path` begins."""
        return type(self)(str(self), (*keys, *self.path))


class PolicyError(InputError):
    """A policy or strategy does not exist, a parameter breaks a rule, or a formula fails."""


def nearest(given: object, known: Iterable[str]) -> str:
    """A sentence that helps with a misspelt name: the nearest valid spelling, or the list."""
    names = list(known)
    close = get_close_matches(str(given).lower().replace("_", "-"), names, n=1, cutoff=0.5)
    close = close or get_close_matches(str(given).lower().replace("-", "_"), names, n=1, cutoff=0.5)
    if close:
        return f"did you mean {close[0]!r}?"
    return "known: " + ", ".join(names) if names else "none is known"
