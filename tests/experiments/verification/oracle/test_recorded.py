"""Recorded values as arrays and policies."""

import json
from math import inf, isnan
from typing import Any

import numpy as np
import pytest

from experiments.verification.oracle.recorded import dense, numbers, policy_of


def test_numbers_may_be_words() -> None:
    """JSON has no inf and no NaN, so the vectors write them as strings."""
    found = numbers(json.loads('[1, 0.1, "inf", "-inf", "nan"]'))
    assert found[:4].tolist() == [1.0, 0.1, inf, -inf]
    assert isnan(found[4])


def test_uids_that_are_not_listed_have_zero() -> None:
    """A sparse vector has a weight for some uids; float32, as the validators keep it."""
    found = dense([[3, 0.25], [0, "nan"]], 5)
    assert found.dtype == np.float32
    assert isnan(found[0])
    assert found[1:].tolist() == [0.0, 0.0, 0.25, 0.0]


@pytest.mark.parametrize(
    ("eps", "age", "epsilon"),
    [
        ({"type": "fixed", "epsilon": 0.005}, 1e6, 0.005),
        ({"type": "linear", "start": 0.005, "end": 0.001, "decay_blocks": 1000}, 500.0, 0.003),
        ({"type": "linear", "start": 0.001, "end": 0.005, "decay_blocks": 1000}, 500.0, 0.003),  # it grows
    ],
)
def test_policies_are_those_that_validators_ran(eps: dict[str, Any], age: float, epsilon: float) -> None:
    """Fixed or linear, also one that grows with age, which a recipe may not have."""
    assert policy_of(eps).advantage(age) == pytest.approx(epsilon, rel=1e-12)


def test_what_the_original_refuses_is_refused() -> None:
    """A decay in 0 blocks is a division by zero, as it is there; other types are not known."""
    with pytest.raises(ZeroDivisionError):
        policy_of({"type": "linear", "start": 0.005, "end": 0.001, "decay_blocks": 0})
    with pytest.raises(KeyError, match="epsilon type 'cosine'; known: fixed, linear"):
        policy_of({"type": "cosine"})
