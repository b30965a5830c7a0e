"""Eras: what SN9 had in force when, against tables B1, B2, B3 and B4 of sn9-mechanism.md."""

from datetime import UTC, datetime, timedelta

import pytest

from policies import InputError, build
from sim.mechanism import eras


def day(date):
    """The start of a date."""
    return datetime.fromisoformat(date).replace(tzinfo=UTC)


def fall(end, blocks, start=0.005):
    """A linear decay as the tables write it."""
    return {"linear": {"start": start, "end": end, "decay_blocks": blocks}}


def fixed(epsilon):
    """A fixed epsilon."""
    return {"fixed": {"epsilon": epsilon}}


B1 = [
    (3_565_190, "2024-08-09", {"772M": 0.35, "7B": 0.65}),
    (3_601_190, "2024-08-14", {"772M": 0.14, "3B": 0.29, "7B": 0.57 * 0.877, "7B*": 0.57 * 0.123}),
    (3_750_683, "2024-09-04", {"772M": 0.14, "3B": 0.29, "7B": 0.15, "14B": 0.42}),
    (3_849_722, "2024-09-18", {"772M": 0.14, "3B": 0.29, "14B": 0.57}),
    (4_001_017, "2024-10-09", {"772M": 0.14, "3B": 0.29, "14B": 0.57}),
    (4_252_646, "2024-11-13", {"3B": 0.29, "14B": 0.57, "14B*": 0.14}),
    (4_453_709, "2024-12-11", {"3B": 0.20, "14B": 0.40, "14B*": 0.40}),
    (4_732_978, "2025-01-18", {"3B": 0.30, "14B": 0.70}),
    (5_177_981, "2025-03-21", {"TTS": 0.55, "3B": 0.15, "14B": 0.30}),
]
"""First block, about when, reward shares."""

B2 = [
    ("2023-11-17", {"one": fixed(0.01)}),
    ("2024-01-02", {"one": fixed(0.005)}),
    (3_565_190, {"772M": fixed(0.005), "7B": fixed(0.005)}),
    (3_601_190, {"772M": fixed(0.005), "3B": fixed(0.005), "7B": fixed(0.005), "7B*": fixed(0.001)}),
    (
        3_750_683,
        {
            "772M": fall(0.001, 50_400),
            "3B": fall(0.001, 50_400),
            "7B": fall(0.001, 50_400),
            "14B": fall(0.001, 100_800),
        },
    ),
    (4_001_017, {"772M": fall(0.0001, 50_400), "3B": fall(0.0001, 50_400), "14B": fall(0.0001, 100_800)}),
    ("2024-10-10", {"772M": fall(0.0001, 50_400), "3B": fall(0.0001, 50_400), "14B": fall(0.0001, 50_400)}),
    ("2024-10-11", {"772M": fall(0.0001, 50_400), "3B": fall(0.0001, 50_400), "14B": fall(0.0001, 72_000)}),
    (4_252_646, {"3B": fall(0.0005, 50_400), "14B": fall(0.0005, 50_400), "14B*": fall(0.0005, 50_400)}),
    (4_453_709, {"3B": fall(0.0002, 28_800), "14B": fall(0.0002, 36_000), "14B*": fall(0.0002, 36_000)}),
    (4_732_978, {"3B": fall(0.0005, 50_400), "14B": fall(0.0005, 72_000)}),
    (5_177_981, {"TTS": fall(0.0005, 50_400), "3B": fall(0.0001, 14_400), "14B": fall(0.0001, 14_400)}),
    ("2025-03-22", {"TTS": fall(0.0005, 72_000), "3B": fall(0.0001, 14_400), "14B": fall(0.0001, 14_400)}),
]
"""From a block or a release's date on: the epsilon of every competition."""

B3 = [
    ("2023-11-15", "alpha", 0.0, 0.9),
    ("2023-11-15", "holds", False, True),
    ("2023-11-20", "temperature", 0.05, 0.25),
    ("2023-11-20", "keep", 10, 30),
    ("2023-11-24", "keep", 30, 20),
    ("2023-11-28", "keep", 20, 30),
    ("2024-01-02", "temperature", 0.25, 0.04),
    ("2024-01-02", "holds", True, False),
    ("2024-02-21", "alpha", 0.9, 0.5),
    ("2024-03-27", "temperature", 0.04, 0.01),
    ("2024-03-27", "keep", 30, 6),
    ("2024-08-06", "keep", 6, 5),
    ("2024-10-04", "wins", "per-sample", "average"),
    ("2024-10-15", "filtered", False, True),
    ("2024-10-15", "alone", 0.0, 1.0),
    ("2024-11-08", "delay", 0, 250),
]
"""A release's date, the rule, its value before and after."""

WEEKLY = {"half-life": {"start": 0.004, "end": 0, "half_life_blocks": 49_920}}

B4 = {  # wins, T, alpha, keep, filter, delay, window; the epsilon of each competition
    "sn9-2023-11": ("per-sample", 0.25, 0.9, 30, False, 0, 0, {"one": fixed(0.01)}),
    "sn9-2024-01": ("per-sample", 0.04, 0.9, 30, False, 0, 0, {"one": fixed(0.005)}),
    "sn9-2024-02": ("per-sample", 0.04, 0.5, 30, False, 0, 0, {"one": fixed(0.005)}),
    "sn9-2024-03": ("per-sample", 0.01, 0.5, 6, False, 0, 0, {"one": fixed(0.005)}),
    "sn9-2024-08": ("per-sample", 0.01, 0.5, 5, False, 0, 0, B2[3][1]),
    "sn9-2024-09": ("per-sample", 0.01, 0.5, 5, False, 0, 0, B2[4][1]),
    "sn9-2024-10": ("average", 0.01, 0.5, 5, False, 0, 0, B2[5][1]),
    "sn9-2024-10-15": ("average", 0.01, 0.5, 5, True, 0, 0, B2[7][1]),
    "sn9-2024-11": ("average", 0.01, 0.5, 5, True, 250, 150, B2[8][1]),
    "sn9-2024-12": ("average", 0.01, 0.5, 5, True, 250, 150, B2[9][1]),
    "sn9-2025-01": ("average", 0.01, 0.5, 5, True, 250, 150, B2[10][1]),
    "sn9-2025-03": ("average", 0.01, 0.5, 5, True, 250, 150, B2[11][1]),
}


def shares(era):
    """Reward share by competition."""
    return {name: share for name, (share, _) in era.competitions.items()}


def epsilons(era):
    """Policy by competition."""
    return {name: era.policy(name) for name in era.competitions}


@pytest.mark.parametrize(("block", "date", "paid"), B1)
def test_schedule_switches(block, date, paid):
    """Competitions and shares hold from the switch block on, and the date is the day of the block (B1)."""
    assert shares(eras.era_at(block)) == pytest.approx(paid)
    assert eras.era_at(block - 1).competitions != eras.era_at(block).competitions
    before, after = eras.era_at(day(date)), eras.era_at(day(date) + timedelta(days=1))
    assert shares(after) == pytest.approx(paid)
    assert before.competitions == eras.era_at(block - 1).competitions


def test_two_competitions_began_in_august_2024():
    """Until 2024-08-08 there was one competition that took everything."""
    assert shares(eras.era_at(day("2024-08-08"))) == {"one": 1.0}


@pytest.mark.parametrize("since", [since for since, _ in B2] + [block for block, _, _ in B1])
def test_reward_shares_sum_to_one(since):
    """Whatever is in force pays out everything, within the rounding of the tables."""
    era = eras.era_at(since if isinstance(since, int) else day(since))
    assert sum(shares(era).values()) == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize(("since", "epsilon"), B2)
def test_epsilon_of_every_competition(since, epsilon):
    """From the block or the day on exactly these epsilons, and others just before (B2)."""
    at = since if isinstance(since, int) else day(since)
    before = since - 1 if isinstance(since, int) else day(since) - timedelta(days=1)
    assert epsilons(eras.era_at(at)) == {name: build(spec) for name, spec in epsilon.items()}
    assert epsilons(eras.era_at(before)) != epsilons(eras.era_at(at))


@pytest.mark.parametrize(("date", "rule", "before", "after"), B3)
def test_rules_changed_with_a_release(date, rule, before, after):
    """The rule has the old value the day before and the new one on the day (B3)."""
    was, became = eras.era_at(day(date) - timedelta(days=1)).rules, eras.era_at(day(date)).rules
    assert (getattr(was, rule), getattr(became, rule)) == (before, after)


@pytest.mark.parametrize("name", B4)
def test_the_twelve_eras(name):
    """Wins, temperature, alpha, keep, filter, delay, window and epsilons of each era (B4)."""
    wins, temperature, alpha, keep, filtered, delay, window, epsilon = B4[name]
    era = eras.era(name)
    rules = era.rules
    assert (rules.wins, rules.temperature, rules.alpha, rules.keep) == (wins, temperature, alpha, keep)
    assert (rules.filtered, rules.delay, era.window, rules.semantics) == (filtered, delay, window, "pool")
    assert rules.holds == (name == "sn9-2023-11")
    assert epsilons(era) == {model: build(spec) for model, spec in epsilon.items()}


def test_all_names():
    """Twelve eras of SN9, oldest first, and the sisters."""
    assert eras.names()[:12] == list(B4)
    assert all(name.startswith(("sn37", "sn29")) for name in eras.names()[12:])
    assert [eras.era(name).name for name in eras.names()] == eras.names()


def test_the_default_competition_is_the_best_paid_language_model():
    """In 2025-03 that is 14B with 0.30, not TTS with 0.55; in 2024-08 7B, not its low-epsilon share."""
    assert eras.era("sn9-2025-03").policy() == build(fall(0.0001, 14_400))
    assert eras.era("sn9-2024-08").policy() == eras.era("sn9-2024-08").policy("7B")


@pytest.mark.parametrize(
    ("name", "rules", "epsilon"),
    [
        ("sn37-2024-06", {"alpha": 0.5, "threshold": 0.0}, fixed(0.005)),
        ("sn37-2024-09", {"alpha": 0.5, "threshold": 0.0}, fall(0.01, 36_000, 0.05)),
        ("sn37-2024-12", {"alpha": 0.85, "threshold": 0.18}, fall(0.01, 36_000, 0.05)),
        ("sn37-2025-03/8B", {"alpha": 0.85, "threshold": 0.18}, fall(0.01, 7_200, 0.05)),
        ("sn37-2025-03/3B", {"alpha": 0.85, "threshold": 0.18}, fall(0.01, 21_600, 0.05)),
        ("sn29-2024-10", {"alpha": 0.5, "skew": 1.2}, WEEKLY),
        ("sn29-2025-02", {"alpha": 0.5, "skew": 2.0}, WEEKLY),
    ],
)
def test_sisters(name, rules, epsilon):
    """SN37 takes all by win rate without a filter (C3); SN29 crowns per sample and decays to nothing (C4)."""
    era, policy = eras.preset(name)
    assert policy == build(epsilon)
    assert {key: getattr(era.rules, key) for key in rules} == rules
    assert not era.rules.filtered
    assert era.rules.winner_takes_all == name.startswith("sn37")
    assert (era.rules.wins == "sample-champion") == name.startswith("sn29")


@pytest.mark.parametrize(
    ("name", "same"),
    [
        ("sn9@4252646", "sn9-2024-11"),
        ("sn9@2024-11-14", "sn9-2024-11"),
        ("sn9@2024-11-14T12:00", "sn9-2024-11"),
        ("sn9@2025-03-22/3B", "sn9-2025-03/3B"),
    ],
)
def test_moments_by_block_and_date(name, same):
    """`sn9@` takes a block, a date or a time, and a competition behind a slash."""
    assert eras.preset(name)[1] == eras.preset(same)[1]
    assert eras.preset(name)[0].rules == eras.preset(same)[0].rules


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("sn9-2025-04", "did you mean 'sn9-2025-0"),
        ("sn9@2023-11-13", "2023-11-14"),
        ("sn9@0", "2023-11-14"),
        ("sn9@tomorrow", "neither a block nor a date"),
        ("sn9@²", "neither a block nor a date"),
        ("sn9@-5", "neither"),
        ("sn9-2024-10/7B", "known: 772M, 3B, 14B"),
        ("sn9@2024-10-11/7B", "known: 772M, 3B, 14B"),
        ("", "known: "),
    ],
)
def test_what_is_not_known(name, said):
    """Unknown eras, competitions and moments, and those before pairwise win rates, say what is known."""
    with pytest.raises(InputError) as caught:
        eras.preset(name)
    assert said in str(caught.value)


def test_the_first_moment():
    """The block of 2023-11-14 is the first that can be replayed; its 3 % went to both sides, so to nobody."""
    first = eras.era_at(day("2023-11-14"))
    assert first.policy() == build(fixed(0.0))
    assert eras.era_at(day("2023-11-16")).policy() == build(fixed(0.03))
    with pytest.raises(eras.EraError, match="2023-11-14"):
        eras.era_at(day("2023-11-14") - timedelta(seconds=12))
