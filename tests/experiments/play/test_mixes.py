"""Counts of miners by strategy."""

from pathlib import Path

import pytest
from small_world import world

from experiments.play.mixes import count_miners, mixes


def test_deviants_are_counted(tmp_path: Path) -> None:
    """Of 8 miners half are honest and half copy, but for the first, which snipes in place of what it would do."""
    mix = "populations: {a: {mix: {honest: 0.5, copycat: 0.5}, deviants: [sniper]}}\npanel:\n"
    (lane, _) = world(tmp_path, "panel:\n", mix).lanes
    assert count_miners(lane, 8) == {"honest": 3, "copycat": 4, "sniper": 1}


def test_the_mix_of_several_cases_is_their_mean(tmp_path: Path) -> None:
    """A third of 3 miners and a quarter of 4 are 7 of 24."""
    text = "  cases: {small: {miners: 3}, large: {miners: 4}}\npopulations: {a: {honest: 0.7, copycat: 0.3}}\npanel:\n"
    spec = world(tmp_path, "panel:\n", text)
    found = mixes(spec, {case.name: spec.lanes for case in spec.scenarios})
    assert found["shield"] == pytest.approx({"honest": 1 - 7 / 24, "copycat": 7 / 24})
