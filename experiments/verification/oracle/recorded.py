"""The deployed epsilon functions as the vectors name them, with whatever numbers they were run with."""

from typing import Any

from experiments.verification.oracle.match import number
from policies import Policy, find


def policy_of(eps: dict[str, Any]) -> Policy:
    """The policy of a recorded `eps`; bounds are not checked, because the original runs growing epsilons all the same.

    Raises:
        ZeroDivisionError: no blocks to decay in, where the original divides by zero.
        KeyError: a type that the vectors' README does not name.
    """
    if eps["type"] == "fixed":
        return find("fixed").unchecked(epsilon=number(eps["epsilon"]))
    if eps["type"] != "linear":
        raise KeyError(f"epsilon type {eps['type']!r}; known: fixed, linear")
    if number(eps["decay_blocks"]) == 0:
        raise ZeroDivisionError("decay_blocks is 0")
    return find("linear").unchecked(
        start=number(eps["start"]), end=number(eps["end"]), decay_blocks=number(eps["decay_blocks"])
    )
