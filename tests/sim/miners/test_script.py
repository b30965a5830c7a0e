"""Commitments of a script."""

from types import SimpleNamespace

import numpy as np

from sim.miners.script import Script, perform
from sim.models import no_miners, no_models
from sim.record import SUMS


def test_a_commitment_is_made_in_every_column() -> None:
    """Its miner waits for a validator; the best loss so far counts; a second model replaces the first one's block."""
    people = SimpleNamespace(committed=no_models(3, 2), miners=no_miners((2, 3)))
    people.miners["since"] = np.inf
    sums, told = np.zeros(2, SUMS), np.zeros((4, 2), np.int64)
    sums["published"] = sums["best"] = np.inf
    script = Script(np.array([10, 20]), np.array([2, 2]), np.array([2.5, 2.6]))
    for number in (0, 1):
        assert perform(script, number, people, sums, told) == 2
    assert told[:2].tolist() == [[2, 0], [2, 1]]
    facts, miners = people.committed.facts[:, 2], people.miners[:, 2]
    assert [facts[name].tolist() for name in ("block", "loss", "twin")] == [[20.0] * 2, [2.6] * 2, [1] * 2]
    assert [miners[name].tolist() for name in ("pending", "submissions", "since")] == [[True] * 2, [2] * 2, [10.0] * 2]
    assert sums["best"].tolist() == sums["published"].tolist() == [2.5, 2.5]
    assert not people.miners["pending"][:, :2].any()
