"""Each strategy's own rule, from a closed form, on views made by hand."""

import re
from dataclasses import fields
from math import exp, log, log1p, sqrt
from typing import Any

import numpy as np
import pytest
from places import ROOT
from scipy.integrate import quad
from scipy.optimize import minimize_scalar
from scipy.special import ndtr, ndtri

from policies import Policy, build
from sim.clock import BLOCKS_PER_DAY as DAY
from sim.miners.strategies import build as strategy
from sim.miners.strategies import find, names
from sim.miners.strategies.seed_lottery import mean_of_best
from sim.miners.strategy import VIEW, View
from sim.miners.testing import look

INF, NAN = float("inf"), float("nan")
FIXED = build("fixed")
BAR = -log1p(-0.005)
CONTEST: dict[str, Any] = {"pace": 0.002, "rivals": 0.001, "cost": 300.0, "value": 6000.0}


def submits(spec: object, policy: Policy = FIXED, **given: Any) -> list[bool]:
    """Whether a strategy submits, look by look: the facts are numbers, or lists of one number for each look."""
    return decides(spec, "submit", policy, **given)


def decides(spec: object, field: str, policy: Policy = FIXED, **given: Any) -> list[Any]:
    """A field of its decision, look by look."""
    number = max((len(values) for values in given.values() if np.ndim(values)), default=1)
    facts = {key: list(values) if np.ndim(values) else [values] * number for key, values in given.items()}
    looks = [look(policy, **dict(zip(facts, row, strict=True))) for row in zip(*facts.values(), strict=True)]
    return [getattr(strategy(spec).decide(view), field) for view in looks or [look(policy)]]


def test_compiled_views_have_the_facts_of_a_view() -> None:
    """The record has every field but `later`, in their order: numbers as float64, flags as booleans."""
    facts = [field for field in fields(View) if field.name != "later"]
    assert list(VIEW.names or ()) == [field.name for field in facts]
    assert {key for key in VIEW.names or () if VIEW[key] == np.bool_} == {"king", "live", "active"}
    assert {field.type for field in facts if VIEW[field.name] == np.float64} == {float}


def test_table_is_the_folder() -> None:
    """The table of strategies has every strategy with what it says of itself, and no other."""
    page = (ROOT / "docs" / "reference-strategies.md").read_text(encoding="utf-8")
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in page.splitlines() if line[:3] == "| `"]
    assert sorted(row[0].strip("`") for row in rows) == sorted(names())
    for name, about, honest, parameters, source in rows:
        kind = find(name.strip("`"))
        declared = [(key, p.default, p.unit) for key, p in kind.parameters().items()]
        said = [(k, float(v), unit) for k, v, unit in re.findall(r"`(\w+)` ([\d.]+) \(([^)]+)\)", parameters)]
        assert (about, honest, source) == (kind.about, "yes" if kind.honest else "no", kind.source)
        assert said == declared


class TestHonest:
    """The honest improver."""

    def test_submits_when_sure_enough(self) -> None:
        """From the gain on at which Phi((gain - bar) / sqrt(doubt^2 + noise^2)) is the certainty."""
        gain = BAR + ndtri(0.9) * 0.005
        assert submits({"honest": {"certainty": 0.9}}, gain=[gain - 1e-9, gain + 1e-9], doubt=0.003, noise=0.004) == [
            False,
            True,
        ]

    def test_replaces_what_lost_by_something_clearly_better_only(self) -> None:
        """A commitment that awaits its evaluation stays; one that was measured gives way to two standard errors."""
        given = {"gain": 0.02, "noise": 0.001, "live": True, "live_age": 9000.0}
        assert submits("honest", **given, live_gain=[NAN, 0.0181, 0.0179, -0.5]) == [False, False, True, True]

    def test_a_king_does_not_replace_itself(self) -> None:
        """Whatever it has in stock."""
        assert submits("honest", gain=0.5, king=True, live=True, live_gain=0.0) == [False]

    def test_takes_an_empty_throne(self) -> None:
        """Any model wins while there is no king."""
        assert submits("honest", gain=INF) == [True]


class TestThresholdSubmitter:
    """The stopping rule of search theory."""

    def test_stops_where_one_more_draw_is_not_worth_its_price(self) -> None:
        """z = q ln(q / c), where E[(X - z)+] of an exponential X is c."""
        q, c = 0.002 * 3, 300.0 * 3 * 0.001 / 6000.0
        z = q * log(q / c)
        assert quad(lambda x: (x - z) * exp(-x / q) / q, z, 1.0)[0] == pytest.approx(c)
        spec = {"threshold-submitter": {"draw_days": 3}}
        assert submits(spec, gain=[BAR + z - 1e-9, BAR + z + 1e-9], **CONTEST) == [False, True]

    def test_rests_while_a_draw_costs_more_than_it_brings(self) -> None:
        """q < c: no training, and whatever passes the bar is submitted."""
        given = CONTEST | {"cost": [11_999.0, 12_001.0], "gain": BAR + 1e-9}
        assert decides("threshold-submitter", "train", **given) == [True, False]
        assert submits("threshold-submitter", **given)[1]


class TestWithholder:
    """The withholder, and the salami slicer."""

    @pytest.mark.parametrize("stock", [0.004, 0.02, 0.0201, 0.0502])
    def test_a_stock_lasts_for_its_quotient_by_the_bar(self, stock: float) -> None:
        """Under a fixed epsilon a stock x is published in floor(x / bar) slices of the bar, all by itself."""
        slices, left = 0, stock
        while submits("withholder", gain=left)[0]:
            left -= decides("withholder", "offer", gain=left)[0] * (1 + 1e-12)
            slices += 1
        assert slices == int(stock / BAR)

    def test_a_king_slices_when_rivals_are_about_to_pass(self) -> None:
        """The reign solves r a = bar(a): 5.01 days at 0.001 a day and epsilon 0.005, at the last look before that."""
        given = {"gain": 0.015, "king": True, "live": True, "live_gain": 0.0, "rivals": 0.001, "idle": 1800.0}
        end = BAR / 0.001 * DAY
        assert submits("withholder", age=[0.0, end - 1801, end - 1799], **given) == [False, False, True]

    def test_next_slice_is_clearly_better_than_one_that_lost(self) -> None:
        """The margin above the bar, or two standard errors above the slice that was measured too low."""
        given = {"gain": 0.02, "noise": 0.001, "live": True}
        offers = decides("withholder", "offer", **given, live_gain=[-1.0, BAR - 0.0005])
        assert offers == pytest.approx([BAR + 0.001, BAR + 0.0015])

    def test_salami_waits_for_the_floor(self) -> None:
        """Linear decay ends after 14,400 blocks; from then on a slice costs the floor, 50 times less than the start."""
        linear = build("linear")
        given = {"gain": 0.01, "age": [0.0, 7200.0, 14_399.0, 14_400.0]}
        assert submits("withholder", linear, **given) == [True] * 4
        assert submits("salami-slicer", linear, **given) == [False, False, False, True]
        assert decides("salami-slicer", "offer", linear, **given)[3] == pytest.approx(-log1p(-0.0001))


class TestSniper:
    """The sniper."""

    @pytest.mark.parametrize("spec", ["linear", {"half-life": {"half_life_blocks": 9000}}])
    def test_commits_for_the_crossing(self, spec: object) -> None:
        """Linear: T (eps0 - e) / (eps0 - eps1); exponential: tau ln((eps0 - eps1) / (e - eps1)); less the lead."""
        gain, noise, lead = 0.003, 0.001, 400
        e = 1 - exp(-(gain - 1.5 * noise))
        crossing = {
            "linear": 14_400 * (0.005 - e) / 0.0049,
            "half-life": 9000 / log(2) * log(0.0049 / (e - 0.0001)),
        }[build(spec).name()]
        ages = [0.0, crossing - lead - 0.01, crossing - lead + 0.01, 50_000.0]
        assert submits("sniper", build(spec), gain=gain, noise=noise, age=ages) == [False, False, True, True]

    def test_trains_until_the_decay_will_do_the_rest(self) -> None:
        """Up to z standard errors above the lowest bar."""
        enough = -log1p(-0.0001) + 1.5 * 0.001
        given = {"gain": [enough - 1e-9, enough + 1e-9], "noise": 0.001}
        assert decides("sniper", "train", build("linear"), **given) == [True, False]
        assert submits("sniper", build("linear"), **given) == [False, False]


class TestCopycat:
    """The copycat."""

    @pytest.mark.parametrize("epsilon", [0.0001, 0.0005, 0.005])
    def test_perturbs_by_the_size_that_wins_most_often(self, epsilon: float) -> None:
        """At sqrt(2 eps / h), where Phi(-(eps + h s^2 / 2) / (kappa s)) is largest: Phi(-sqrt(2 eps h) / kappa)."""
        h, kappa = 0.1, 0.005
        best = minimize_scalar(lambda s: -ndtr(-(epsilon + h * s * s / 2) / (kappa * s)), (0.01, 0.1), tol=1e-12)
        policy = build({"fixed": {"epsilon": epsilon}})
        found = decides({"copycat": {"h": h, "kappa": kappa}}, "perturbation", policy)[0]
        assert found == pytest.approx(sqrt(2 * epsilon / h))
        assert found == pytest.approx(best.x, rel=1e-3)
        assert -best.fun == pytest.approx(ndtr(-sqrt(2 * epsilon * h) / kappa))

    def test_buys_at_the_chance_asked_for(self) -> None:
        """From the epsilon down at which p* is the chance."""
        epsilon = (ndtri(0.1) * 0.005) ** 2 / (2 * 0.1)
        for factor, bought in ((1.001, False), (0.999, True)):
            policy = build({"fixed": {"epsilon": epsilon * factor}})
            assert submits({"copycat": {"chance": 0.1}}, policy) == [bought]

    def test_next_ticket_when_the_last_one_has_lost(self) -> None:
        """Not while it awaits its evaluation, not when it won, not at once, and not without a king."""
        policy = build({"fixed": {"epsilon": 0.0001}})
        given = {"live": True, "live_age": [9000.0, 9000.0, 1000.0, 9000.0]}
        assert submits("copycat", policy, **given, live_gain=[NAN, 0.001, -0.001, -0.001]) == [False] * 3 + [True]
        assert submits("copycat", policy, gain=INF) == [False]


class TestQuickFineTuner:
    """The quick fine-tuner."""

    def test_commits_what_passes_the_lowest_bar(self) -> None:
        """The floor of 0.0001 counts, not today's 0.005; half a standard error keeps noise out."""
        least = -log1p(-0.0001) + 0.5 * 0.001
        given = {"gain": [least - 1e-9, least + 1e-9], "noise": 0.001}
        assert submits("quick-fine-tuner", build("linear"), **given) == [False, True]
        assert submits("honest", build("linear"), **given) == [False, False]


class TestSeedLottery:
    """The seed lottery."""

    @pytest.mark.parametrize(("runs", "gain"), [(1, 0.0), (3, 3.5e-4), (10, 6.3e-4), (30, 8.4e-4), (100, 1.0e-3)])
    def test_expected_best_of_runs(self, runs: int, gain: float) -> None:
        """With a seed sd of 4.1e-4 the best of 3, 10, 30 and 100 runs gains what the theory of seeds says."""
        assert mean_of_best(runs) * 4.1e-4 == pytest.approx(gain, abs=3e-5)

    def test_expected_best_in_closed_form(self) -> None:
        """1 / sqrt(pi) for two runs, 3 / (2 sqrt(pi)) for three."""
        assert [mean_of_best(2), mean_of_best(3)] == pytest.approx([1 / sqrt(np.pi), 1.5 / sqrt(np.pi)], rel=1e-5)

    def test_buys_when_the_best_is_expected_to_win(self) -> None:
        """0.0005 is beaten by ten runs with a seed sd of 4.1e-4 (1.54 sd); what loses is not submitted."""
        bar = -log1p(-0.0005)
        policy = build({"fixed": {"epsilon": 0.0005}})
        missing = bar - 1.5388 * 4.1e-4
        given = {"gain": [0.0, missing - 1e-6, missing + 1e-6], "seed_sd": 4.1e-4}
        assert submits("seed-lottery", policy, **given) == [True, False, True]
        assert decides("seed-lottery", "runs", policy, **given) == [10] * 3
        assert decides("seed-lottery", "least", policy, **given) == pytest.approx([bar] * 3)


class TestBlocker:
    """The blocker."""

    def test_near_miss_closes_a_cycle(self) -> None:
        """King beats near miss, near miss beats challenger, challenger beats king, all above the lowest bar."""
        policy = build({"linear": {"end": 0.0005, "decay_blocks": 50_400}})
        start, end = (-log1p(-policy.epsilon(age)) for age in (0.0, INF))
        near = decides("blocker", "offer", policy, gain=0.004)[0]
        challenger = start * 1.1
        assert end < near < start
        assert start < challenger < near + start
        assert challenger - near > end

    def test_near_miss_is_a_share_of_the_bar(self) -> None:
        """0.6 of 0.005 is the 0.997 of the example; with less it waits, with enough to win it offers its best."""
        gains = [0.6 * BAR - 1e-9, 0.6 * BAR, 0.02]
        assert submits("blocker", gain=gains) == [False, True, True]
        assert decides("blocker", "offer", gain=gains)[1:] == pytest.approx([0.6 * BAR, 0.02])

    def test_keeps_the_seniority_of_a_near_miss(self) -> None:
        """One that stands stays; one that a new king has left behind is replaced."""
        assert submits("blocker", gain=0.004, live=True, live_gain=[0.0031, NAN, -0.002]) == [False, False, True]


class TestSelfDethroner:
    """The self-dethroner."""

    def test_a_rested_king_beats_itself_by_just_over_the_bar(self) -> None:
        """By the margin of the certainty, after a day, at most once."""
        step = BAR + ndtri(0.8) * 0.0005
        given = {"gain": [step - 1e-9, step + 1e-9, 0.02, 0.02], "noise": 0.0005, "king": True, "live": True}
        given |= {"live_gain": 0.0, "live_age": [7200.0, 7200.0, 7200.0, 7199.0]}
        assert submits("self-dethroner", **given) == [False, True, True, False]
        assert decides("self-dethroner", "offer", **given) == pytest.approx([step] * 4)

    def test_otherwise_as_the_honest_one(self) -> None:
        """A challenger submits what the honest one submits, and all of it."""
        given = {"gain": np.linspace(0.0, 0.02, 41), "noise": 0.001}
        assert submits("self-dethroner", **given) == submits("honest", **given)
        assert set(decides("self-dethroner", "offer", **given)) == {INF}


class TestFromScratch:
    """The trainer from scratch."""

    def test_depends_on_nobody(self) -> None:
        """Begins from nothing, adopts nothing, and submits what the honest one submits."""
        given = {"gain": np.linspace(-0.02, 0.02, 41), "noise": 0.001}
        assert strategy("from-scratch").from_scratch
        assert set(decides("from-scratch", "adopt", **given)) == {False}
        assert submits("from-scratch", **given) == submits("honest", **given)


class TestEntrant:
    """The entrant."""

    def test_enters_when_it_is_expected_to_pay(self) -> None:
        """Value times p / (p + r) against cost, the fee's share and the reserve."""
        spec = {"entrant": {"reserve": 100, "payback_days": 30}}
        profit = 20_000 * 0.001 / 0.004 - 300 / 30
        given = {"active": False, "pace": 0.001, "rivals": 0.003, "cost": [profit - 100.1, profit - 99.9]}
        assert strategy(spec).waits
        assert decides(spec, "active", **given) == [True, False]
        assert submits(spec, **given, gain=0.02) == [False, False]

    def test_leaves_when_the_stake_is_lost(self) -> None:
        """And does not come back while its books say so; a poor outlook alone drives nobody out."""
        spec = {"entrant": {"drawdown_days": 10}}
        given = {"active": [True, True, False, True], "balance": [-1299.0, -1301.0, -1301.0, 0.0]}
        assert decides(spec, "active", **given, cost=[100.0, 100.0, 100.0, 1e6]) == [True, False, False, True]
        assert submits(spec, **given, gain=0.02) == [True, False, False, True]
