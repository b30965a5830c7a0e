"""Metrics, counted by hand on worlds of three crowns."""

from dataclasses import replace
from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_race import crowns, finished, lane, small_race

from experiments.results.measure import credit, emission_shares, measure
from experiments.results.statistics import spearman
from sim.clock import BLOCKS_PER_DAY
from sim.race.race import Observed

DAY = BLOCKS_PER_DAY
STEP = 150 / DAY
RACE = small_race((0, "ann", 4.0), (DAY, "bob", 3.6), (3 * DAY, "cid", 3.2))
"""Crowned at once when nothing is averaged or delayed: at days 0, 1 and 3 of 5."""


def measured(race, policy="fixed", tail=2.0, **rules):
    """Every metric of a quiet world of one lane."""
    world = finished(race, lane(policy, **{"delay": 0, "alpha": 0.0, **rules}), tail=tail)
    return {name: float(value[0]) for name, value in measure(world).items()}


def watched(*steps):
    """ann 3.0, bob 3.1 and cid 2.9 as a validator measured them, a day between steps and one block at the end."""
    race = small_race((0, "ann", 3.0), (1, "bob", 3.1), (2, "cid", 2.9))
    log_of = Observed(np.array([2 + i * DAY for i in range(len(steps))]), np.array(steps))
    return replace(race, observed=log_of)


def test_descent_area_is_the_sum_over_kings():
    """A = sum of g_k (H - t_k) / H, H = 5 days (theory B1): early and large drops count most."""
    expected = (log(4.0 / 3.6) * (5 - 1) + log(3.6 / 3.2) * (5 - 3)) / 5
    assert measured(RACE)["descent_area"] == pytest.approx(expected, rel=1e-12)


def test_descent_rate_and_final_loss():
    """ln(L0 / L_H) / H, and the last king's true loss."""
    found = measured(RACE)
    assert found["descent_rate"] == pytest.approx(log(4.0 / 3.2) / 5)
    assert found["final_loss"] == 3.2


def test_reigns():
    """Three crowns of 1, 2 and 2 days; the last one is cut by the horizon."""
    found = measured(RACE)
    assert [found[name] for name in ("crowns", "reign_mean", "reign_longest")] == pytest.approx([3, 5 / 3, 2])


def test_stagnation():
    """Gaps between true improvements of 1, 2 and 2 days: the longest 2; mean wait E[gap^2] / (2 E[gap]) = 9 / 10."""
    found = measured(RACE)
    assert [found["stagnation_longest"], found["stagnation_residual"]] == pytest.approx([2, 0.9])


def test_eligibility_gap():
    """With a moving average each better model waits one step for its crown: G1 = sum of g_k times a step, over H."""
    assert measured(RACE)["eligibility_gap"] == 0
    waited = measured(RACE, alpha=0.5)
    assert waited["eligibility_gap"] == pytest.approx(log(4.0 / 3.2) * STEP / 5, rel=1e-12)
    assert waited["descent_area"] == pytest.approx(measured(RACE)["descent_area"] - log(4.0 / 3.2) * STEP / 5)


def test_a_published_model_that_is_never_crowned_is_a_gap_for_good():
    """Below epsilon: G1 = g times the rest of the contest."""
    race = small_race((0, "ann", 1.0), (DAY, "bob", 0.996))
    assert measured(race, tail=3.0)["eligibility_gap"] == pytest.approx(-log(0.996) * 3 / 4)


def test_emission_and_its_concentration():
    """Paid 1, 2 and 2 days of 5: HHI .04 + .16 + .16, 1 / HHI miners, the best paid 0.4."""
    found = measured(RACE)
    assert [found["hhi"], found["miners_effective"], found["top_share"]] == pytest.approx([0.36, 1 / 0.36, 0.4])


def test_misallocation_is_half_the_distance_to_the_credit():
    """TV: ann is due nothing and got 0.2, and so on (theory B2)."""
    due = [0, log(4.0 / 3.6) / log(4.0 / 3.2), log(3.6 / 3.2) / log(4.0 / 3.2)]
    expected = 0.5 * sum(abs(e - d) for e, d in zip([0.2, 0.4, 0.4], due, strict=True))
    assert measured(RACE)["misallocation"] == pytest.approx(expected, rel=1e-6)


def test_rank_correlation_ignores_what_is_never_paid():
    """dan and eve share the last rank of pay as of credit, whatever dust the softmax leaves them: correlation 1."""
    race = small_race((0, "dan", 4.1), (0, "ann", 4.0), (100, "eve", 4.0), (101, "fay", 4.0), (DAY, "bob", 3.0))
    world = finished(race, lane("fixed", delay=0, alpha=0.0, filtered=False), tail=2.0)
    paid = emission_shares(world)[:, 0]
    assert 0 < paid[2] < 1e-12
    assert measure(world)["rank_correlation"][0] == pytest.approx(1.0)


@pytest.mark.parametrize("miners", [2, 4, 5])
def test_few_miners_have_no_rank_correlation(miners):
    """Of four a perfect order is chance in one of 24, of five in one of 120: below five there is no number."""
    rows = [(i * DAY, f"m{i}", 4.0 * 0.9**i) for i in range(miners)]
    found = measured(small_race(*rows), tail=9.0)["rank_correlation"]
    assert np.isnan(found) == (miners < 5)


def test_luck_and_false_dethroning():
    """bob's day on the throne is luck (3.1 dethroned 3.0); of three dethronings one was by a worse model."""
    inf = np.inf
    race = watched([3.0, inf, inf], [3.0, 2.9, inf], [3.0, 3.2, inf], [3.0, 3.2, 2.9], [3.0, 3.2, 2.9])
    world = finished(race, lane("fixed", alpha=0.0))
    assert [model for _, model in crowns(world)] == [0, 1, 0, 2]
    found = measure(world)
    assert found["false_dethroning"][0] == pytest.approx(1 / 3)
    assert found["luck"][0] == pytest.approx(1 / 4, abs=1e-4)
    gaps = [3.0, 1.0]  # bob was no improvement, and ann's return none over her own
    assert found["stagnation_longest"][0] == pytest.approx(max(gaps), abs=1e-3)


def test_a_contest_without_a_king():
    """Two copies in one block keep each other out: nothing is paid, and what would divide by it is NaN."""
    found = measured(small_race((0, "ann", 3.0), (0, "bob", 3.0)), "linear")
    unknown = {name for name, value in found.items() if np.isnan(value)}
    assert unknown == {
        "final_loss",
        "reign_mean",
        "reign_longest",
        "false_dethroning",
        "luck",
        "hhi",
        "miners_effective",
        "top_share",
        "misallocation",
        "rank_correlation",
    }
    assert [found["crowns"], found["descent_area"], found["stagnation_longest"]] == [0, 0, 2]
    assert found["lost_steps"] == 2 * 48


def test_evaluations_are_counted_per_day():
    """48 steps a day: one model on the first day, two on the next two, three on the last two."""
    assert measured(RACE)["evaluations"] == pytest.approx(48 * (1 + 2 * 2 + 2 * 3) / 5)


LINEAGE = small_race(
    (0, "ann", 4.0),
    (1, "bob", 3.6),
    (2, "cid", 3.7),
    (3, "dan", 3.2),
    (4, "bob", 3.0),
    builds_on=((), (0,), (), (1, 2), (3,)),
)


def test_credit_is_split_over_the_ancestors():
    """Each gain goes equally to the miner and all that it builds on, near or far (theory R4); cid improved nothing."""
    first, second, third = log(4.0 / 3.6), log(3.6 / 3.2), log(3.2 / 3.0)
    total = log(4.0 / 3.0)
    ann = first / 2 + second / 4 + third / 5
    bob = first / 2 + second / 4 + 2 * third / 5
    cid, dan = second / 4 + third / 5, second / 4 + third / 5
    shares = {"ann": ann, "bob": bob, "cid": cid, "dan": dan}
    assert credit(LINEAGE) == pytest.approx({miner: share / total for miner, share in shares.items()})


def test_without_lineage_the_credit_is_the_own_descent():
    """Every miner is credited with ln(before / after) of the own records."""
    total = log(4 / 3.2)
    assert credit(RACE) == pytest.approx({"ann": 0, "bob": log(4 / 3.6) / total, "cid": log(3.6 / 3.2) / total})


def test_no_descent_no_credit():
    """Where nothing improved nobody is credited."""
    assert credit(small_race((0, "ann", 3.0), (1, "bob", 3.0))) == {"ann": 0.0, "bob": 0.0}


@st.composite
def lineages(draw):
    """A race of up to eight submissions by three miners, each building on any earlier ones."""
    n = draw(st.integers(1, 8))
    rows = [(i, draw(st.sampled_from("abc")), draw(st.sampled_from((3.0, 2.9, 2.8, 2.7)))) for i in range(n)]
    parents = tuple(tuple(sorted(draw(st.sets(st.integers(0, i - 1), max_size=2)))) if i else () for i in range(n))
    return small_race(*rows, builds_on=parents)


@given(lineages())
def test_credit_is_a_distribution(race):
    """Shares are never negative and sum to 1, or all are 0."""
    shares = list(credit(race).values())
    assert min(shares) >= 0
    assert sum(shares) == pytest.approx(1.0) or (sum(shares) == 0 and race.loss.min() == race.loss[0])


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=12))
def test_spearman_is_scipys(rows):
    """Average ranks on ties; undefined where one side is flat."""
    from scipy.stats import spearmanr

    a, b = np.array(rows, dtype=float).T
    found = spearman(a[:, None], b[:, None])[0]
    if len(set(a)) == 1 or len(set(b)) == 1:
        assert np.isnan(found)
    else:
        assert found == pytest.approx(spearmanr(a, b).statistic)
