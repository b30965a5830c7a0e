"""Candidates with one number a quarter off."""

import numpy as np
import pytest
from noisy_study import LINEAR, point, spec

from experiments.results.estimate import Estimate
from experiments.search.sensitivity import neighbours, summarize

FAMILIES = "policies: [fixed, linear, half-life]"


def around(folder, params, families=FAMILIES):
    """Name, value and policy of each neighbour."""
    study = spec(folder, FAMILIES, families)
    found = neighbours(study.space, study.space.candidate(params))
    return [(name, value, candidate.lane) for name, value, candidate in found]


def test_each_number_goes_both_ways(tmp_path):
    """Three quarters and five quarters of each; the others stay what they were, not their shares."""
    found = {(name, value): lane.policy.values for name, value, lane in around(tmp_path, LINEAR)}
    start = {"start": 0.004, "end": 0.002, "decay_blocks": 7200.0}
    expected = {(key, step * start[key]) for key in start for step in (0.75, 1.25)}
    assert set(found) == expected
    assert all(values == {**start, name: value} for (name, value), values in found.items())


def test_rule_stops_a_number(tmp_path):
    """With end = start neither can pass the other: start does not fall, end does not rise."""
    equal = point("linear", start=0.004, end_share=1.0, decay_blocks=7200.0)
    found = [(name, value) for name, value, _ in around(tmp_path, equal) if name != "decay_blocks"]
    assert found == [("start", 0.005), ("end", 0.003)]


def test_rule_stops_a_number_on_its_way(tmp_path):
    """With end at nine tenths of start each goes as far as the other one."""
    near = point("linear", start=0.01, end_share=0.9, decay_blocks=7200.0)
    found = [(name, value) for name, value, _ in around(tmp_path, near) if name != "decay_blocks"]
    assert dict(found[:1])["start"] == pytest.approx(0.009)
    assert found[-1] == ("end", pytest.approx(0.01))


def test_bound_stops_a_number(tmp_path):
    """A length of time is at least one block: what is there already does not fall."""
    families = "policies: [{linear: {decay_blocks: {low: 1, high: 9}}}]"
    one = {"linear.start": 0.004, "linear.end_share": 0.0, "linear.decay_blocks": 1.0}
    found = [(name, value) for name, value, _ in around(tmp_path, one, families)]
    assert found == [("start", 0.003), ("start", 0.005), ("decay_blocks", 1.25)]


def test_tied_numbers_go_together(tmp_path):
    """A number that is the same as another one stays the same; what is fixed is not moved."""
    families = "policies: [{linear: {end: {same_as: start}, decay_blocks: 7200}}]"
    found = around(tmp_path, {"linear.start": 0.004}, families)
    assert [(lane.policy.values["start"], lane.policy.values["end"]) for _, _, lane in found] == [
        (0.003, 0.003),
        (0.005, 0.005),
    ]


def test_policy_inside_is_moved(tmp_path):
    """The numbers of a policy inside another one have names of their own."""
    families = "policies: [{grace: {grace_blocks: 3600, then: {fixed: {}}}}]"
    found = around(tmp_path, {"grace.fixed.epsilon": 0.004}, families)
    assert [(name, value) for name, value, _ in found] == [("then.epsilon", 0.003), ("then.epsilon", 0.005)]
    assert [lane.policy.spec()["grace"]["then"] for _, _, lane in found] == [
        {"fixed": {"epsilon": 0.003}},
        {"fixed": {"epsilon": 0.005}},
    ]


def test_constants_and_rewards_are_moved(tmp_path):
    """Numbers of the mechanism stay in their range; those of a reward rule in its bounds."""
    families = (
        "policies: [{fixed: {epsilon: 0.001}}]\n  rewards: [{royalty: {}}]\n  "
        "rules: {temperature: {low: 0.01, high: 0.1}}"
    )
    study = spec(tmp_path, FAMILIES, families)
    middle = study.space.middle | {"rules.temperature": 0.09}
    found = neighbours(study.space, study.space.candidate(middle))
    rules = [(name, each.lane.rules.temperature) for name, _, each in found if name.startswith("rules.")]
    assert rules == [("rules.temperature", pytest.approx(0.0675)), ("rules.temperature", 0.1)]
    rewards = {name for name, _, _ in found} - {"rules.temperature"}
    assert rewards
    assert all(name.startswith("reward.") for name in rewards)


@pytest.mark.parametrize(
    ("means", "worst", "mean", "robust"),
    [((1.0, 3.0), 1.0, 2.0, True), ((1.0, -0.1), -0.1, 0.45, False), ((1.0, np.nan), np.nan, np.nan, False)],
)
def test_robust_is_the_worst_above_zero(means, worst, mean, robust):
    """One shift that loses, or that failed, is enough not to be robust."""
    found = summarize(("start", 1.0, Estimate(gain, gain, gain, 3)) for gain in means)
    assert (found.worst, found.mean) == (pytest.approx(worst, nan_ok=True), pytest.approx(mean, nan_ok=True))
    assert found.robust == robust
    assert [each["value"] for each in found.numbers["start"]] == [1.0, 1.0]
