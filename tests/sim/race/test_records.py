"""Kings of a crowd without progress: the world against the theory of records, in both of its semantics."""

from dataclasses import dataclass
from decimal import Decimal, localcontext

import numpy as np
import pytest
from small_race import QUIET, lane, small_race

from sim.race.race import Setting
from sim.race.world import RaceWorld
from sim.validators.noise import Window

S_L = 0.01
"""Losses are U^0.01: -ln L is exponential with mean 0.01, so q = (1 - epsilon)^100."""

EPSILONS = (0.0, 0.001, 0.005)

TABLE = {  # closed forms: expected kings after n submissions
    ("running-best", 200): (5.8780, 5.4136, 3.9550),
    ("king", 200): (5.8780, 5.4322, 4.2151),
    ("running-best", 100): (5.1874, 4.7887, 3.5366),
    ("king", 100): (5.1874, 4.8044, 3.7550),
}


def expected_kings(semantics, epsilon, n):
    """E[kings]: 1 + q (H_n - 1) for running-best; a recursion, in 120 digits, for king."""
    with localcontext() as context:
        context.prec = 120
        q = (1 - Decimal(str(epsilon))) ** round(1 / S_L)
        if semantics == "running-best":
            return float(1 + q * sum(1 / Decimal(k) for k in range(2, n + 1)))
        chances = [1 / Decimal(m + 1) for m in range(n + 1)]
        total = Decimal(0)
        for _ in range(n - 1):
            total += chances[1]
            chances = [chances[m] - q * chances[m + 1] * (1 - q**m / (m + 1)) for m in range(len(chances) - 1)]
        return float(1 + q * total)


def crowd(lanes, losses):
    """As many independent contests as there are worlds, of n one-shot miners, one per step: losses `[n, worlds]`."""
    n, contests = losses.shape
    race = small_race(*[(150 * i, f"m{i}", 1.0) for i in range(n)])
    world = RaceWorld(race, lanes, Setting(QUIET, 150, 0.01), 1, range(contests))
    still = np.zeros((contests, n + 1))
    world.noises[0] = Steady(
        Window(np.hstack([losses.T - 1.0, still[:, :1]]), still, still[:, 0].copy(), np.ones(contests))
    )
    world.run()
    return world.record.crowns(), world.columns.width


@dataclass
class Steady:
    """The same draws in every step."""

    draws: Window

    def window(self, number, sampled=False):
        """Those of any step."""
        return self.draws


def kings(n, contests, seed, semantics):
    """Kings of each contest, `[epsilons, contests]`: n one-shot miners, one per step, and all stay in the pool."""
    lanes = [
        lane({"fixed": {"epsilon": e}}, f"{s} {e}", keep=256, delay=0, filtered=False, semantics=s)
        for s in semantics
        for e in EPSILONS
    ]
    found, width = crowd(lanes, np.random.default_rng(seed).random((n, contests)) ** S_L)
    counts = np.bincount(found.column, minlength=width)
    return dict(zip(semantics, counts.reshape(len(semantics), len(EPSILONS), contests), strict=True))


def z(sample, expected):
    """How many standard errors the mean of a sample is off."""
    return (sample.mean() - expected) / (sample.std(ddof=1) / np.sqrt(len(sample)))


@pytest.mark.parametrize(("semantics", "n"), TABLE)
def test_the_closed_forms_give_the_table(semantics, n):
    """The formulas as written here give the values of the table to four places."""
    assert [expected_kings(semantics, e, n) for e in EPSILONS] == pytest.approx(TABLE[semantics, n], abs=5.1e-5)


def check(n, contests, seed, expected):
    """Both semantics hit their own values within 3.5 standard errors, and the paired difference tells them apart."""
    found = kings(n, contests, seed, ("running-best", "king"))
    for semantics, counts in found.items():
        for counted, value in zip(counts, expected(semantics), strict=True):
            assert abs(z(counted, value)) < 3.5
    np.testing.assert_array_equal(found["king"][0], found["running-best"][0])
    gap = found["king"][2] - found["running-best"][2]
    assert abs(z(gap, expected("king")[2] - expected("running-best")[2])) < 3.5
    assert z(gap, 0.0) > 5


def test_thirty_submissions():
    """The number of kings among 30 has the expectation of record theory, and each semantics only its own."""
    check(30, 600, 21, lambda semantics: [expected_kings(semantics, e, 30) for e in EPSILONS])


@pytest.mark.slow
def test_a_hundred_submissions():
    """The same for 100, against the values of the tables."""
    check(100, 400, 22, lambda semantics: TABLE[semantics, 100])


DECAYS = [{"linear": {"decay_blocks": 3000}}, {"half-life": {"half_life_blocks": 700}}, "cosine"]


@pytest.mark.parametrize("policy", DECAYS)
def test_first_reign_under_decay(policy):
    """P(first reign > m) = (1 - (1 - q)^(m+1)) / (q (m+1)), q of the m-th step: stored models try again."""
    n, contests = 20, 1500
    first = lane(policy, keep=256, delay=0, filtered=False, semantics="king")
    found, _ = crowd([first], np.random.default_rng(23).random((n, contests)) ** S_L)
    dethroned = found.twin > 0
    end = np.full(contests, np.inf)
    np.minimum.at(end, found.column[dethroned], found.block[dethroned] / 150)
    for m in (1, 5, 10, 19):
        q = float((1 - first.policy.epsilon(150.0 * m)) ** (1 / S_L))
        survives = (1 - (1 - q) ** (m + 1)) / (q * (m + 1))
        assert abs((end > m).mean() - survives) < 3.5 * np.sqrt(survives * (1 - survives) / contests)
