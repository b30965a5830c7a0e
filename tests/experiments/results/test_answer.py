"""The sentences that a run begins with."""

import numpy as np
import pytest

from experiments.results.answer import answer, percent
from experiments.results.compare import LaneResult
from experiments.results.estimate import Estimate


def lane(policy: str, population: str, gain: tuple[float, float, float], cheats: float, hours: float) -> LaneResult:
    """A lane whose descent is 0.2 under the baseline; its gain over that is a mean and the ends of its interval."""
    metrics = {"descent_area": 0.2 + gain[0], "dishonest_share": cheats, "gpu_hours": hours}
    changes = {
        "dishonest_share": Estimate(0, 0, 0, 16),
        "gpu_hours": Estimate(hours - 100, hours - 100, hours - 100, 16),
    }
    return LaneResult(
        f"{policy} | {population}",
        "{}",
        "",
        population,
        {name: Estimate(value, value, value, 16) for name, value in metrics.items()},
        {"descent_area": Estimate(*gain, 16), **changes},
    )


def crowd(population: str, gains: dict[str, tuple[float, float, float]], cheats: float = 0.0) -> list[LaneResult]:
    """The baseline `old` and other policies among the miners of a population."""
    zero = lane("old", population, (0.0, 0.0, 0.0), 2 * cheats, 100.0)
    return [zero, *(lane(name, population, gain, cheats, 110.0) for name, gain in gains.items())]


def manifest(population: str, kind: str = "world", worlds: int = 16) -> dict[str, object]:
    """What the answer reads of a run."""
    return {"baseline": f"old | {population}", "kind": kind, "worlds": worlds}


def test_the_policy_that_is_surely_faster_everywhere_is_named() -> None:
    """It has the largest least lower limit over populations, also where another one leads in each of them."""
    wild, safe = (0.05, -0.01, 0.11), (0.02, 0.01, 0.03)
    lanes = crowd("a", {"wild": wild, "safe": safe}) + crowd("b", {"wild": wild, "safe": safe}, cheats=0.1)
    first, second, third = answer(lanes, manifest("a"))
    assert first == "Under safe the loss falls faster than under old: by 10 % (5 to 15) in 'a', 10 % (5 to 15) in 'b'."
    assert second == "safe pays cheats 10 % instead of 20 % in 'b' and takes up to 10 % more compute."
    assert third.startswith(
        "Brackets are 95 % intervals over 16 worlds; the best of 3 policies looks better than it is."
    )


def test_no_policy_is_surely_faster() -> None:
    """Where each leads in one population only, that is said, with who leads where and whether it is told apart."""
    up, down = (0.02, 0.01, 0.03), (-0.02, -0.03, -0.01)
    unsure = (0.01, -0.01, 0.03)
    lanes = crowd("a", {"x": up, "y": down}) + crowd("b", {"x": down, "y": unsure}) + crowd("c", {"x": down, "y": down})
    assert answer(lanes, manifest("a"))[0] == (
        "No policy makes the loss fall surely faster than old in all populations. Fastest: x by 10 % (5 to 15) in 'a'; "
        "y by 5 % (-5 to 15) in 'b', which may be chance; nothing is faster in 'c'."
    )


def test_nothing_is_faster() -> None:
    """Then that is all that is said, and the baseline costs nothing more than itself."""
    down = (-0.02, -0.03, -0.01)
    lanes = crowd("a", {"x": down}) + crowd("b", {"x": down}, cheats=0.1)
    first, second = answer(lanes, manifest("a"))
    assert first == "No policy makes the loss fall faster than old."
    assert second.startswith("Brackets")


def test_the_worlds_that_it_takes_are_those_of_the_formula() -> None:
    """Standard error 1 % of the descent over 16 worlds: to see 2 % with a chance of 80 % takes 16 (2.8016 / 2)^2."""
    half = 2.131449546 * 0.002  # Student's t with 15 degrees of freedom
    lanes = crowd("a", {"x": (0.0001, 0.0001 - half, 0.0001 + half)})
    assert "takes some 32 worlds" in answer(lanes, manifest("a"))[-1]


def test_few_worlds_claim_nothing() -> None:
    """Instead of a wide interval the answer asks for more worlds."""
    lanes = crowd("a", {"x": (0.02, -0.01, 0.05)})
    assert answer(lanes, manifest("a", worlds=3)) == [
        "3 worlds are too few to tell any policy from old: give more, such as --worlds 16."
    ]


def test_a_race_says_what_it_cannot_show() -> None:
    """Its submissions do not react to the policy."""
    assert "not what miners would do" in answer(crowd("a", {"x": (0.02, 0.01, 0.03)}), manifest("a", "race"))[-1]


def test_nothing_to_compare() -> None:
    """One policy, or no finished world, is said as it is."""
    assert answer(crowd("a", {}), manifest("a")) == ["There is no other policy to compare old with."]
    none = LaneResult("old | a", "{}", "", "a", {"descent_area": Estimate(np.nan, np.nan, np.nan, 0)}, {})
    assert answer([none], manifest("a")) == ["No world finished, so there is nothing to compare."]


@pytest.mark.parametrize(
    ("ends", "text"),
    [
        ((0.034, 0.008, 0.06), "3.4 % (0.8 to 6.0)"),
        ((0.0004, 0.00033, 0.00046), "0.040 % (0.033 to 0.046)"),
        ((0.2, -0.4, 0.8), "20 % (-40 to 80)"),
        ((0.1, np.nan, np.nan), "10.0 %"),
    ],
)
def test_percent(ends: tuple[float, float, float], text: str) -> None:
    """As many digits as the interval has."""
    assert percent(Estimate(*ends, 4)) == text
