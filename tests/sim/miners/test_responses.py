"""Settings of responses: what is refused, and when miners respond at all."""

from dataclasses import replace

import numpy as np
import pytest

from policies.errors import InputError
from sim.data.data import Data, Moving
from sim.miners.progress.draws import DrawsProgress
from sim.miners.progress.ideas import IdeasProgress
from sim.miners.responses import Fixed, Logit, Profit, Reinvest, Tullock, new_responses
from sim.scenario import Scenario

MENU = (("small", IdeasProgress()), ("large", IdeasProgress(per_day=0.05)))


@pytest.mark.parametrize(
    ("make", "said", "path"),
    [
        (lambda: Reinvest(rule="reinvest", share=1.5, most=8.0), "share is 1.5, but must be from 0 to 1", ("share",)),
        (lambda: Tullock(rule="tullock", most=0.0), "most is 0, but must be from 0.01 to 64", ("most",)),
        (lambda: Tullock(rule="tullock", most=65.0), "most is 65, but must be from 0.01 to 64", ("most",)),
        (lambda: Logit(rule="logit", levels=[1.0], temperature=1.0), "2 to 100 different numbers", ("levels",)),
        (lambda: Logit(rule="logit", levels=[1.0, 1.0], temperature=1.0), "different numbers", ("levels",)),
        (lambda: Logit(rule="logit", levels=[0.0, -1.0], temperature=1.0), "from 0 to 64", ("levels", 1)),
        (lambda: Profit(rule="profit", payback_days=0.0), "payback_days is 0", ("payback_days",)),
    ],
)
def test_numbers_out_of_bounds_are_refused(make, said, path):
    """The message has the value and the rule, the path leads to the number."""
    with pytest.raises(InputError, match=said) as error:
        make()
    assert error.value.path == path


@pytest.mark.parametrize(
    "change",
    [
        {"effort": Fixed(most=2.0)},
        {"effort": Tullock(rule="tullock", most=8.0)},
        {"entry": Profit(rule="profit")},
        {"disruption_days": 0.1},
        {"menu": MENU},
        {"data": Data(moving=Moving(respond=True))},
    ],
)
def test_any_response_is_noticed(change):
    """Miners respond where any key says so; by default they do not, and keep no books."""
    plain = Scenario(miners=4)
    assert not plain.responds
    assert replace(plain, **change).responds
    assert new_responses(plain, np.ones((1, 4), bool)).books.shape == (1, 0)
    assert new_responses(replace(plain, **change), np.ones((1, 4), bool)).books.shape == (1, 4)


def test_draws_are_refused_beside_responses():
    """A model comes at every look whatever is spent, so effort would mean nothing."""
    draws = ((DrawsProgress(), 1.0),)
    Scenario(progress=draws)
    with pytest.raises(InputError, match="draws bring a model at every look"):
        Scenario(progress=draws, effort=Tullock(rule="tullock", most=8.0))


def test_nobody_knows_better_at_first():
    """All believe in the mean pay, and that every course of a menu has paid it."""
    found = new_responses(Scenario(miners=5, menu=MENU), np.ones((1, 5), bool))
    assert (found.books["income"] == 10_000.0).all()
    np.testing.assert_allclose(found.head_pay / found.head_days, 10_000.0, rtol=1e-15)
