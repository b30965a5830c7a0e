"""What several strategies judge alike."""

import pytest
from looks import BAR, FIXED, NAN
from scipy.special import ndtr

from sim.miners.strategies._judgement import SURE, is_news, should_challenge, standard_error
from sim.miners.testing import look


def test_both_evaluations_are_noisy() -> None:
    """The miner's doubt and the validator's noise are independent: 3 and 4 make 5."""
    assert standard_error(look(doubt=0.003, noise=0.004)) == pytest.approx(0.005)


def test_a_repeated_model_rarely_looks_like_news() -> None:
    """The same model measured again is above two standard errors in 2 looks of 100."""
    assert 1 - ndtr(SURE) == pytest.approx(0.02, abs=0.005)


@pytest.mark.parametrize(
    ("live_gain", "active", "news"),
    [(0.0079, True, True), (0.0081, True, False), (0.0, False, False), (NAN, True, False)],
)
def test_news_is_clearly_better_than_the_committed_model(live_gain: float, active: bool, news: bool) -> None:
    """By two standard errors, from a miner in the contest, and not while the committed one awaits its evaluation."""
    assert is_news(look(live=True, live_gain=live_gain, active=active), 0.01, 0.001) == news


def test_a_challenger_passes_the_bar_by_its_errors() -> None:
    """1.5 standard errors above the bar are needed, and a king does not challenge itself."""
    for gain, king, challenges in ((1.49, False, False), (1.51, False, True), (1.51, True, False)):
        view = look(FIXED, gain=BAR + gain * 0.005, doubt=0.003, noise=0.004, king=king)
        assert should_challenge(view, view.bar, 1.5) == challenges
