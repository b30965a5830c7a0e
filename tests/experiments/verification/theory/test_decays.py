"""The decays of the shelf by their published formulas, and the reigns against a steady frontier that follow."""

import numpy as np
import pytest

from experiments.verification.theory import decays, reigns
from policies import build, find, names

DAY = 7_200


def test_every_decay_is_there():
    """All policies of the age alone, and no other."""
    by_age = {name for name in names() if not find(name)().reads}
    assert set(decays.DECAYS) == set(decays.FORMULAS) == by_age


@pytest.mark.parametrize("name", decays.DECAYS)
def test_formula_and_policy_agree(name):
    """Two ways of writing one formula: at 1,000 ages of 0 to 10 days, away from the edges of stairs."""
    days = np.linspace(0.0007, 10.0, 1000)
    found = build({name: decays.DECAYS[name]}).epsilon(days * DAY)
    assert found == pytest.approx([decays.FORMULAS[name](a) for a in days], rel=1e-9)


@pytest.mark.parametrize("rate", [2e-4, 1e-3, 5e-3])
def test_reigns_with_a_closed_form(rate):
    """A fixed bar falls after delta / r days; a line after 1 / (r / start + (1 - end / start) / T), nearly."""
    assert decays.reign("fixed", rate) == pytest.approx(-np.log1p(-0.005) / rate, rel=1e-9)
    line = reigns.frontier_reign_linear(rate, decays.START, decays.END, 2)
    assert decays.reign("linear", rate) == pytest.approx(line, rel=0.005)


def test_a_grace_delays_the_line():
    """What falls within the grace falls by delta / r; afterwards later than without, by less than the grace."""
    assert decays.reign("grace", 0.02) == decays.reign("fixed", 0.02)
    assert 0 < decays.reign("grace", 1e-3) - decays.reign("linear", 1e-3) < 0.5
