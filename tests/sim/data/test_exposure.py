"""Shares of training and their penalties: laws that hold for any model, and numbers by pencil."""

from math import exp, log

import numpy as np
import pytest
from engine_loops import reachable
from gaps import gap
from hypothesis import given
from hypothesis import strategies as st

from sim.data import exposure as room
from sim.data.data import MEMORY
from sim.data.exposure import NO_DATA_WEIGHTS
from sim.data.judging import MIXTURES, judging
from sim.data.sets import EXPONENT, HEIGHT, SETS, WORTH

JUDGED = judging(enumerate(MIXTURES))
PHASES = st.sampled_from(range(len(MIXTURES)))
OWN = {"refinedweb": 0, "fineweb": 1, "fineweb-edu": 2}
"""Mixtures of one judge, and the set that is of the judge's kind."""
PENALTY, TRAIN, SCORE = (reachable(getattr(room, name)) for name in ("penalty_of", "train_on", "judged"))


@st.composite
def mixes(draw):
    """Shares of a model."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    return rng.dirichlet(np.full(len(SETS), draw(st.sampled_from([0.1, 1.0]))))


targets = st.integers(0, len(SETS) - 1)
amounts = st.just(0.0) | st.floats(log(1e6), log(1e13)).map(exp)


def wholly(target):
    """The training mix of a model that was trained on one set."""
    return np.eye(len(SETS))[target]


def trained(mix, target, tokens):
    """The training mix after training on a set; the one before stays."""
    after = mix.copy()
    TRAIN(after, target, float(tokens), MEMORY)
    return after


@given(mixes(), targets, amounts)
def test_shares_stay_a_distribution(mix, target, tokens):
    """After any training, shares are at least 0 and sum to 1; without training nothing changes."""
    after = trained(mix, target, tokens)
    assert (after >= 0.0).all()
    assert after.sum() == pytest.approx(1.0)
    assert tokens or np.array_equal(after, mix)


@given(mixes(), targets, amounts)
def test_one_stretch_or_many(mix, target, tokens):
    """Training in several stretches comes out as in one: how often a miner looks does not matter."""
    after = mix
    for part in (0.5, 0.2, 0.3):
        after = trained(after, target, part * tokens)
    assert after == pytest.approx(trained(mix, target, tokens), abs=1e-12)


@given(mixes(), PHASES)
def test_penalties_interpolate(mix, phase):
    """A mix of several sets is never worse than the mean of its sets, nor below 0: text of another kind helps."""
    penalty = PENALTY(mix, JUDGED.data_weights[phase])
    assert -1e-12 <= penalty <= (mix * JUDGED.penalty[phase]).sum() + 1e-12


def test_whole_diets_have_the_penalty_of_their_set():
    """A model trained wholly on a set has exactly the table's penalty, in every phase."""
    for phase, weights in enumerate(JUDGED.data_weights):
        found = [PENALTY(wholly(target), weights) for target in range(len(SETS))]
        assert found == pytest.approx(JUDGED.penalty[phase], abs=1e-12)


@given(mixes(), amounts, st.sampled_from(sorted(OWN)))
def test_a_judge_likes_its_own_text(mix, tokens, name):
    """More training on a judge's own kind of text never raises the penalty on that judge."""
    weights = JUDGED.data_weights[list(MIXTURES).index(name)]
    assert PENALTY(trained(mix, OWN[name], tokens), weights) <= PENALTY(mix, weights) + 1e-12


@given(mixes(), mixes(), targets, PHASES)
def test_the_past_is_forgotten(one, other, target, phase):
    """Models that train on the same data long enough end with the same penalty, whatever they began with."""
    ends = [PENALTY(trained(mix, target, 40.0 * MEMORY), JUDGED.data_weights[phase]) for mix in (one, other)]
    assert ends[0] == pytest.approx(ends[1], abs=1e-9)
    assert ends[0] == pytest.approx(JUDGED.penalty[phase][target], abs=1e-9)


def test_shares_by_pencil():
    """A memory's worth of code leaves 1 / e of the web; its penalty on code is that of the tokens' worth."""
    code = SETS.index("code")
    after = trained(wholly(0), code, MEMORY)
    assert after[[0, code]] == pytest.approx([exp(-1.0), 1.0 - exp(-1.0)])
    on_code = judging([(0, {"stack": 1.0})]).data_weights[0]
    worth = WORTH[0, 3] * exp(-1.0) + 1.0 - exp(-1.0)
    assert PENALTY(after, on_code) == pytest.approx(HEIGHT * (worth**-EXPONENT - 1.0))


def test_adapting_is_quick():
    """5 % of a model's past in new data, an eighth of its memory, closes three quarters of web text's gap."""
    on_code = judging([(0, {"stack": 1.0})]).data_weights[0]
    assert PENALTY(trained(wholly(0), SETS.index("code"), MEMORY / 8.0), on_code) < gap("refinedweb", "stack") / 4.0


@given(mixes(), PHASES)
def test_a_score_is_loss_and_penalty(mix, phase):
    """What is judged is the reference loss plus the penalty; where data do not matter, the loss alone."""
    weights = JUDGED.data_weights[phase]
    assert SCORE(2.5, mix, weights) == 2.5 + PENALTY(mix, weights)
    assert SCORE(2.5, np.zeros(0), NO_DATA_WEIGHTS) == 2.5
