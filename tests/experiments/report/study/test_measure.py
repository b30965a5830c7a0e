"""Numbers as the page of a study shows them."""

import pytest
from study_results import finalist, spec, trial

from experiments.report.study.measure import describe, make_measure, read_estimate, searched_numbers, turn


def test_gains_have_a_sign_an_interval_and_a_unit():
    """A difference of percentages is in percentage points; without an interval there is the mean alone."""
    whole = {"mean": 0.05, "lo": 0.04, "hi": 0.06, "n": 4}
    assert make_measure("misallocation").gain(read_estimate(whole)) == "+5.0 percentage points [+4.0, +6.0]"
    assert make_measure("misallocation").gain(read_estimate({**whole, "lo": None, "hi": None})) == (
        "+5 percentage points"
    )
    assert make_measure("misallocation").gain(read_estimate(None)) == "–"


def test_a_lower_number_is_a_gain_where_lower_is_better():
    """The sign turns, and with it the ends of the interval change places."""
    turned = turn(read_estimate({"mean": -2.0, "lo": -3.0, "hi": 1.0, "n": 4}), -1.0)
    assert (turned.mean, turned.lo, turned.hi, turned.n) == (2.0, -1.0, 3.0, 4)


@pytest.mark.parametrize(
    ("metric", "short"),
    [("descent_area", "descent area A"), ("hhi", "HHI"), ("ic_gap", "IC gap"), ("selfishness", "A kept")],
)
def test_titles_stand_within_sentences(metric, short):
    """They begin with a small letter, but abbreviations keep their capitals."""
    assert make_measure(metric).short == short


def test_a_candidate_is_described_by_all_that_was_searched():
    """The parameters of the policy, those of the policy inside it, the reward rule and the rules."""
    inner = {"then": {"linear": {"start": 0.005}}, "age_blocks": 7200.0}
    changes = {"reward": "floor", "reward_parameters": {"share": 0.5}, "rules": {"alpha": 0.2}}
    assert describe(finalist(parameters=inner, **changes)) == (
        "then linear (start 0.005), age blocks 7200, reward floor, reward share 0.5, alpha 0.2"
    )


def test_shares_are_shown_as_the_parameters_that_they_come_to(tmp_path):
    """The end of a linear decay is searched as a share of its start: half of the way from 0 to 0.002 is 0.001."""
    of = spec(tmp_path, "[{linear: {start: {low: 0.001, high: 0.003, scale: linear}, end: {low: 0.0, high: 0.003}}}]")
    made = trial(of, {"linear.start": 0.5, "linear.end_share": 0.5}, [0.0])
    found = {number.name: number for number in searched_numbers(of.space, made.params)}
    assert found["end"].value == pytest.approx(0.5 * 0.002)
    assert found["end"].dimension == "linear.end_share"
