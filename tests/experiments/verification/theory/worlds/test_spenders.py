"""Miners that spend all that they are paid."""

import pytest

from experiments.verification.theory.spender_checks import ENTRIES, LEAKS
from experiments.verification.theory.worlds import spenders
from experiments.verification.theory.worlds.spenders import entered, leaked


@pytest.fixture(autouse=True)
def _forgetful(monkeypatch):
    """Miners that remember 40 crowns instead of 300: the contest is short, and effort is rough."""
    monkeypatch.setattr(spenders, "MEMORY", 40.0)


def test_effort_leaves_what_fades_unspent():
    """About 10 - e of the 10 that are spent in the beginning."""
    found = entered(ENTRIES[1], range(8))
    assert list(found) == ["entry world-effort bar=0.001", "entry world-descent bar=0.001"]
    assert found["entry world-effort bar=0.001"].values.mean() == pytest.approx(7.28, rel=0.1)


def test_copies_take_their_part_of_the_pay():
    """Without a bar copies leave about two thirds of the effort, and nearly 9 tenths with the best one."""
    name = "copies=1.5 noise=0.0005"
    found = leaked(name, range(8))
    none, best = (found[f"leakage world-effort {setting.name}"].values.mean() for setting in LEAKS[name])
    assert none == pytest.approx(6.7, rel=0.1)
    assert best == pytest.approx(8.8, rel=0.1)
    assert found[f"leakage world-gain {name}"].values.shape == (8,)
