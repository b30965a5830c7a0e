"""Shares of training and their penalties: laws that hold for any models, numbers by pencil, numpy against torch."""

from math import exp, log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.backend import backend
from sim.data.exposure import MEMORY, mixed, penalty_of, wholly
from sim.data.gaps import EXPONENT, HEIGHT, WORTH
from sim.data.judging import judging
from sim.data.mixture import MIXTURES
from sim.data.sets import SETS, gap

JUDGED = judging(enumerate(MIXTURES))
MODELS = (4, 3)
OWN = {"refinedweb": 0, "fineweb": 1, "fineweb-edu": 2}
"""Mixtures of one judge, and the set that is of the judge's kind."""


@st.composite
def models(draw):
    """Shares of some models, what each trains on next, and for how many tokens."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    shares = np.moveaxis(rng.dirichlet(np.full(len(SETS), draw(st.sampled_from([0.1, 1.0]))), MODELS), -1, 0)
    tokens = np.exp(rng.uniform(log(1e6), log(1e13), MODELS)) * (rng.random(MODELS) > 0.2)
    return shares, rng.integers(0, len(SETS), MODELS), tokens


@given(models())
def test_shares_stay_a_distribution(given_models):
    """After any training, shares are at least 0 and sum to 1; without training nothing changes."""
    shares, target, tokens = given_models
    after = mixed(shares, target, tokens)
    assert (after >= 0.0).all()
    assert after.sum(axis=0) == pytest.approx(np.ones(MODELS))
    assert np.array_equal(after[:, tokens == 0.0], shares[:, tokens == 0.0])


@given(models())
def test_one_stretch_or_many(given_models):
    """Training in several stretches comes out as in one: how often a miner looks does not matter."""
    shares, target, tokens = given_models
    after = shares
    for part in (0.5, 0.2, 0.3):
        after = mixed(after, target, part * tokens)
    assert after == pytest.approx(mixed(shares, target, tokens), abs=1e-12)


@given(models(), st.sampled_from(sorted(MIXTURES)))
def test_penalties_interpolate(given_models, name):
    """A diet of several sets is never worse than the mean of its sets, nor below 0: text of another kind helps."""
    phase = list(MIXTURES).index(name)
    shares, target, tokens = given_models
    penalty = penalty_of(mixed(shares, target, tokens), JUDGED.lenses[phase])
    mean = (mixed(shares, target, tokens) * JUDGED.penalty[phase][:, None, None]).sum(axis=0)
    assert (penalty <= mean + 1e-12).all()
    assert (penalty >= -1e-12).all()


def test_whole_diets_have_the_penalty_of_their_set():
    """A model trained wholly on a set has exactly the table's penalty, in every phase."""
    shares = wholly(np.arange(len(SETS)), len(SETS))
    for phase, lens in enumerate(JUDGED.lenses):
        assert penalty_of(shares, lens) == pytest.approx(JUDGED.penalty[phase], abs=1e-12)


@given(models(), st.sampled_from(sorted(OWN)))
def test_a_judge_likes_its_own_text(given_models, name):
    """More training on a judge's own kind of text never raises the penalty on that judge."""
    phase = list(MIXTURES).index(name)
    shares, _, tokens = given_models
    after = mixed(shares, np.full(MODELS, OWN[name]), tokens)
    lens = JUDGED.lenses[phase]
    assert (penalty_of(after, lens) <= penalty_of(shares, lens) + 1e-12).all()


@given(models(), models(), st.sampled_from(sorted(MIXTURES)))
def test_the_past_is_forgotten(one, other, name):
    """Models that train on the same data long enough end with the same penalty, whatever they began with."""
    phase = list(MIXTURES).index(name)
    target = one[1]
    ends = [penalty_of(mixed(shares, target, 40.0 * MEMORY), JUDGED.lenses[phase]) for shares in (one[0], other[0])]
    assert ends[0] == pytest.approx(ends[1], abs=1e-9)
    assert ends[0] == pytest.approx(JUDGED.penalty[phase][target], abs=1e-9)


def test_shares_by_pencil():
    """A memory's worth of code leaves 1 / e of the web; its penalty on code is that of the tokens' worth."""
    shares = wholly(np.array([0]), len(SETS))
    after = mixed(shares, np.array([SETS.index("code")]), MEMORY)
    assert after[[0, SETS.index("code")], 0] == pytest.approx([exp(-1.0), 1.0 - exp(-1.0)])
    on_code = judging([(0, {"stack": 1.0})]).lenses[0]
    worth = WORTH[0, 3] * exp(-1.0) + 1.0 - exp(-1.0)
    assert penalty_of(after, on_code)[0] == pytest.approx(HEIGHT * (worth**-EXPONENT - 1.0))


def test_adapting_is_quick():
    """5 % of a model's past in new data, an eighth of its memory, closes three quarters of web text's gap."""
    on_code = judging([(0, {"stack": 1.0})]).lenses[0]
    after = mixed(wholly(np.array([0]), len(SETS)), np.array([SETS.index("code")]), MEMORY / 8.0)
    assert penalty_of(after, on_code)[0] < gap("refinedweb", "stack") / 4.0


@given(models())
def test_models_do_not_touch_each_other(given_models):
    """A model's numbers are the same to the last bit, alone or beside others."""
    shares, target, tokens = given_models
    after = mixed(shares, target, tokens)
    penalty = penalty_of(after, JUDGED.lenses[-1])
    for column in range(MODELS[1]):
        alone = mixed(shares[:, :, [column]], target[:, [column]], tokens[:, [column]])
        assert np.array_equal(alone, after[:, :, [column]])
        assert np.array_equal(penalty_of(alone, JUDGED.lenses[-1]), penalty[:, [column]])


@given(models())
def test_torch_says_the_same(given_models):
    """Torch's numbers are numpy's, to rounding."""
    place = backend("torch")
    shares, target, tokens = given_models
    after = mixed(place.array(shares), place.array(target), place.array(tokens))
    assert place.numpy(after) == pytest.approx(mixed(shares, target, tokens), abs=1e-12)
    assert place.numpy(wholly(place.array(target), len(SETS))) == pytest.approx(wholly(target, len(SETS)))
    for lens in JUDGED.lenses:
        expected = penalty_of(mixed(shares, target, tokens), lens)
        assert place.numpy(penalty_of(after, lens)) == pytest.approx(expected, abs=1e-12)
