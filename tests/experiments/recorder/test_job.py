"""What is recorded is checked at once."""

import pytest

from experiments.recorder.job import Job
from policies import InputError

JOB = {"name": "a", "size": "20k", "schedule": "cosine", "optimiser": "adamw", "tokens": 1e5}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"size": "20kk"}, "did you mean '20k'"),
        ({"schedule": "cosin"}, "did you mean 'cosine'"),
        ({"optimiser": "sgd"}, "adamw"),
        ({"tokens": float("nan")}, "--tokens"),
        ({"tokens": 9}, "one step takes 2048"),
        ({"batch": 0}, "--batch"),
        ({"context": 1}, "--context"),
        ({"batch": 1 << 20}, "--batch"),
        ({"rate": -1.0}, "--lr"),
        ({"every": 0}, "--every"),
        ({"threads": 0}, "--threads"),
    ],
)
def test_a_job_that_cannot_be_done_is_refused_at_once(wrong, said):
    """The message names the option, the rule, and the nearest name."""
    with pytest.raises(InputError, match=said):
        Job(**{**JOB, **wrong})
