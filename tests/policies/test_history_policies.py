"""The formulas that read history, on histories small enough to work out by hand."""

from math import exp, inf, log, nan
from typing import Any

import pytest
from scipy.special import lambertw
from scipy.stats import norm

from policies import Memory, News, Policy, Seen, build
from sim.clock import BLOCKS_PER_DAY as DAY

LINE = {"linear": {"start": 0.005, "end": 0.0005, "decay_blocks": 7 * DAY}}

UNKNOWN = Seen(since=inf)
"""Nobody was ever crowned or measured."""


def epsilon(policy: Policy, age: float, memory: Memory | None = None, **facts: float) -> float:
    """The advantage of one model; facts that are not given are unknown."""
    told = policy if memory is None else policy.remembering(memory)
    return told.advantage(age, UNKNOWN._replace(**facts))


def told(policy: Policy, *evaluations: dict[str, Any]) -> Memory:
    """What the policy remembers after evaluations; what is not given is unknown."""
    memory = policy.begin()
    for given in evaluations:
        policy.remember(memory, News(**given))
    return memory


def reign(policy: Policy, rate: float, memory: Memory | None = None, **facts: float) -> float:
    """Days until a frontier that falls at `rate` a day clears the bar: the root of rate * a = epsilon(a)."""
    low, high = 0.0, 1_000.0
    for _ in range(80):
        middle = (low + high) / 2
        holds = rate * middle < epsilon(policy, middle * DAY, memory, **facts)
        low, high = (middle, high) if holds else (low, middle)
    return low


@pytest.mark.parametrize("wait", [0, 1, 1_800, 7_200])
def test_crown_age_is_the_inner_policy_with_the_clock_moved(wait: int) -> None:
    """A model crowned `wait` blocks after its commitment has the line of one so much younger, to the last bit."""
    policy, line = build({"crown-age": {"then": LINE}}), build(LINE)
    for age in range(wait, 60_000, 777):
        assert epsilon(policy, age, since=age - wait) == float(line.epsilon(age - wait))


def test_crown_age_without_a_crown_is_the_age() -> None:
    """A model that never was king has its age; the filter's age inf is full decay for a young king too."""
    policy, line = build({"crown-age": {"then": LINE}}), build(LINE)
    assert float(policy.epsilon(10_000)) == float(line.epsilon(10_000))
    assert epsilon(policy, inf, since=100.0) == float(line.epsilon(inf))


@pytest.mark.parametrize(
    ("news", "changed"),
    [
        ([], 100),
        ([(200, 0.0021)], 200),  # two standard errors are 0.002
        ([(200, 0.0019)], 100),
        ([(200, 0.003), (300, 0.003), (400, 0.0049)], 200),  # nothing more by another 0.002
        ([(200, 0.003), (300, 0.0051)], 300),
        ([(200, -0.001), (300, -inf)], 100),
    ],
)
def test_stagnation_clock_counts_quiet_blocks(news: list[tuple[int, float]], changed: int) -> None:
    """The clock starts at the crown in block 100, and again with each gain that is larger by two errors."""
    policy = build({"stagnation-clock": {"errors": 2.0, "then": LINE}})
    crown = {"block": 100.0, "crowned": True, "error": 0.001}
    memory = told(policy, crown, *({"block": float(b), "best": g, "error": 0.001} for b, g in news))
    line = build(LINE)
    assert epsilon(policy, 9_000, memory, now=1_000.0) == float(line.epsilon(1_000 - changed))
    assert epsilon(policy, 10, memory, now=1_000.0) == float(line.epsilon(10))
    assert epsilon(policy, inf, memory, now=1_000.0) == float(line.epsilon(inf))


def test_stagnation_clock_starts_afresh_with_a_crown() -> None:
    """After another crown, an improvement that would not have qualified before does."""
    policy = build({"stagnation-clock": {"errors": 2.0, "then": LINE}})
    near = {"best": 0.003, "error": 0.001}
    news = [{"block": 100.0, "crowned": True}, {"block": 200.0, **near}, {"block": 300.0, "crowned": True}]
    assert told(policy, *news).changed == 300
    assert told(policy, *news, {"block": 400.0, **near}).changed == 400


@pytest.mark.parametrize("loss", [1.7, 2.5, 3.4])
@pytest.mark.parametrize("age", [0, 20_000, inf])
def test_absolute_margin_is_constant_in_nats(loss: float, age: float) -> None:
    """Epsilon times loss is the inner policy times the reference loss, whatever the loss."""
    policy = build({"absolute-margin": {"reference_loss": 2.5, "then": LINE}})
    nats = epsilon(policy, age, loss=loss) * loss
    assert nats == pytest.approx(2.5 * float(build(LINE).epsilon(age)), rel=1e-12)


@pytest.mark.parametrize("loss", [1.7, 2.5, 3.4])
def test_excess_entropy_is_a_share_of_the_excess(loss: float) -> None:
    """Epsilon times loss is the inner policy times (loss - entropy); below the entropy it is 0."""
    policy = build({"excess-entropy": {"entropy": 1.69, "then": {"fixed": {"epsilon": 0.005}}}})
    assert epsilon(policy, 100, loss=loss) * loss == pytest.approx(0.005 * (loss - 1.69), rel=1e-12)
    assert epsilon(policy, 100, loss=1.5) == 0
    assert epsilon(policy, 100) == 0.005


def test_excess_entropy_never_stalls() -> None:
    """Under a fixed share of the excess every king takes that share of it; 100 kings leave 0.95^100."""
    policy = build({"excess-entropy": {"entropy": 1.69, "then": {"fixed": {"epsilon": 0.05}}}})
    loss = 2.5
    for _ in range(100):
        loss *= 1 - epsilon(policy, 0, loss=loss)
    assert loss - 1.69 == pytest.approx(0.81 * 0.95**100, rel=1e-9)


ADAPTIVE = {"reach": 1.5, "target_blocks": 2 * DAY, "weight": 0.3, "fade_blocks": 7 * DAY, "half_life_blocks": DAY}


def test_improvement_adaptive_by_hand() -> None:
    """0.004 in 2 days is 0.002 a day; a week takes it to 1/e, and the next crown counts with its weight."""
    policy = build({"improvement-adaptive": {"start": 0.02, "end": 0.0, **ADAPTIVE}})
    first, second = {"block": 0.0, "crowned": True}, {"block": 2.0 * DAY, "crowned": True, "gain": 0.004, "gap": 2.0}
    third = {"block": 3.0 * DAY, "crowned": True, "gain": 0.003, "gap": 1.0}
    assert epsilon(policy, DAY, told(policy, first), now=DAY) == pytest.approx(0.02 / 2)  # no slope yet: the start
    slope = 0.7 * 0.002 * exp(-1 / 7) + 0.3 * 0.003
    memory = told(policy, first, second, third)
    assert memory.slope == pytest.approx(slope, rel=1e-12)
    now = epsilon(policy, 0, memory, now=4.0 * DAY)
    assert now == pytest.approx(1.5 * slope * exp(-1 / 7) * 2, rel=1e-12)
    assert epsilon(policy, DAY, memory, now=4.0 * DAY) == pytest.approx(now / 2, rel=1e-12)


def test_improvement_adaptive_is_clipped() -> None:
    """Never above the start, and never below the end but for the decay."""
    policy = build({"improvement-adaptive": {"start": 0.005, "end": 0.001, **ADAPTIVE}})
    first = {"block": 0.0, "crowned": True}
    for gain, expected in ((0.5, 0.005), (0.0, 0.001), (-0.1, 0.001)):
        memory = told(policy, first, {"block": float(DAY), "crowned": True, "gain": gain, "gap": 1.0})
        assert epsilon(policy, 0, memory, now=float(DAY)) == pytest.approx(expected, rel=1e-12)


MATCHED = {"start": 0.005, "end": 0.0, "entropy": 1.69, "head_days": 1.0, "kings": 5}


def power_law(*days: float) -> list[dict[str, Any]]:
    """Kings on the curve 1.69 + t^-0.5, t days after the training began; the first at t = 1."""
    return [{"block": (t - 1) * DAY, "crowned": True, "loss": 1.69 + t**-0.5} for t in days]


def test_descent_matched_fits_a_power_law() -> None:
    """At t = 16 the loss is 1.94; 1.94 * 0.995 - 1.69 = 0.2403 is reached at t = 0.2403^-2, in ln 2 half-lives."""
    policy = build({"descent-matched": MATCHED})
    memory = told(policy, *power_law(1.0, 2.0, 4.0, 8.0, 16.0))
    half_life = (0.2403**-2 - 16) * DAY / log(2)
    assert memory.half_life == pytest.approx(half_life, rel=1e-9)
    assert half_life == pytest.approx(13_690, abs=10)
    assert epsilon(policy, half_life, memory) == pytest.approx(0.0025, rel=1e-9)


@pytest.mark.parametrize(
    ("entropy", "kings"),
    [
        (1.69, power_law(1.0, 2.0, 4.0, 8.0)),  # too few
        (1.69, power_law(1.0, 2.0, 4.0, 8.0, 1e6)),  # the next step is below what the fit can reach
        (1.69, [{**king, "loss": 2.5} for king in power_law(1.0, 2.0, 4.0, 8.0, 16.0)]),  # it does not fall
        (3.0, power_law(1.0, 2.0, 4.0, 8.0, 16.0)),  # all are below the entropy
    ],
)
def test_descent_matched_without_a_fit_is_slow(entropy: float, kings: list[dict[str, Any]]) -> None:
    """Where the fit is missing or never gets there, the half-life is the longest."""
    policy = build({"descent-matched": {**MATCHED, "entropy": entropy, "longest_blocks": 50_000}})
    assert epsilon(policy, 50_000, told(policy, *kings)) == pytest.approx(0.0025, rel=1e-12)


@pytest.mark.parametrize(
    ("days", "gains", "times"),
    [
        (0, [], 1),
        (4, [0.004], 1),  # on schedule: the start, which is not 0
        (4, [0.001, 0.001], 1 / 4),
        (4, [0.006], 4),
        (4, [0.003, 0.002], 2),
        (100, [], 1 / 50),  # the end
        (1, [0.5], 10),  # the most
    ],
)
def test_schedule_anchored_against_the_promise(days: float, gains: list[float], times: float) -> None:
    """On schedule epsilon is its start; 2 days behind with a cut of 1/2 a quarter, 2 days ahead four times."""
    values = {"start": 0.005, "end": 0.0001, "most": 0.05, "cut": 0.5, "target": 0.001}
    policy = build({"schedule-anchored": values})
    crowns = [{"block": 900.0, "crowned": True, "gain": gain} for gain in gains]
    memory = told(policy, {"block": 900.0, "crowned": True}, *crowns)
    assert epsilon(policy, 0, memory, now=900.0 + days * DAY) == pytest.approx(0.005 * times, rel=1e-12)


def test_schedule_anchored_before_the_first_crown() -> None:
    """Nobody is behind a schedule that has not begun."""
    policy = build("schedule-anchored")
    assert epsilon(policy, 0, told(policy, {"block": 0.0}), now=1e6) == pytest.approx(0.005, rel=1e-12)


@pytest.mark.parametrize(
    ("reigns", "factor"),
    [
        ([inf], 1),
        ([inf, 2.0], 1),
        ([inf, 0.5], 2),  # (2 / 0.5)^0.5
        ([inf, 0.5, 8.0], 1),
        ([inf, 0.0], 4),  # a crown in the same block, cut to 4
        ([inf, 0.0, 0.0, 0.0], 16),
        ([inf, 1e6, 1e6, 1e6], 1 / 16),
    ],
)
def test_reign_controller_makes_up_for_reigns(reigns: list[float], factor: float) -> None:
    """With a target of 2 days and strength 1/2 a reign of half a day doubles the bar, one of 8 days halves it."""
    values = {"target_blocks": 2 * DAY, "strength": 0.5, "limit": 16.0, "then": LINE}
    policy = build({"reign-controller": values})
    memory = told(policy, *({"block": 0.0, "crowned": True, "gap": gap} for gap in reigns))
    for age in (0, 20_000, inf):
        expected = factor * float(build(LINE).epsilon(age))
        assert epsilon(policy, age, memory) == pytest.approx(expected, rel=1e-12)


def test_standard_errors_times_z() -> None:
    """Z * s at every age, but at least the end, which is all there is where nobody has measured."""
    policy = build({"standard-errors": {"errors": 1.645, "end": 0.0005}})
    for age in (0, 50_000, inf):
        assert epsilon(policy, age, error=1e-3) == pytest.approx(1.645e-3, rel=1e-12)
        assert epsilon(policy, age, error=1e-4) == 0.0005
        assert epsilon(policy, age) == 0.0005


@pytest.mark.parametrize(("evaluations", "errors"), [(1, 1.645), (48, 3.07), (336, 3.61)])
def test_standard_errors_for_many_evaluations(evaluations: int, errors: float) -> None:
    """The policy's text: z = Phi^-1(0.95^(1 / M)) lets an equal win once in M evaluations with 5 %."""
    assert norm.ppf(0.95 ** (1 / evaluations)) == pytest.approx(errors, abs=0.005)
    assert str(errors) in str(type(build("standard-errors")).__doc__)


@pytest.mark.parametrize(
    ("inner", "steps"),
    [(0.0, 1), (0.0001, 1), (0.0005, 1), (0.00074, 1), (0.00076, 2), (0.0012, 2), (0.0013, 3), (0.005, 10)],
)
def test_ladder_step_rounds_to_whole_steps(inner: float, steps: int) -> None:
    """The nearest multiple of the step, and at least one."""
    policy = build({"ladder-step": {"step": 0.0005, "then": {"fixed": {"epsilon": inner}}}})
    assert float(policy.epsilon(100)) == pytest.approx(0.0005 * steps, rel=1e-12)


def test_ladder_step_makes_validators_agree() -> None:
    """Around `standard-errors`: standard errors that differ by little give the same bar."""
    policy = build({"ladder-step": {"step": 0.0001, "then": {"standard-errors": {"errors": 1.0}}}})
    assert epsilon(policy, 0, error=0.00098) == epsilon(policy, 0, error=0.00103) == pytest.approx(0.001)


TEST = {"step": 0.001, "alpha": 0.05, "beta": 0.1, "most": 0.02}


def test_sequential_test_crowns_at_the_boundary() -> None:
    """With s = step, a gain of one step adds 1/2; ln 18 = 2.89 is reached in the sixth evaluation."""
    policy = build({"sequential-test": TEST})
    steady = {"block": 0.0, "best": 0.001, "error": 0.001}
    for seen_before in range(8):
        memory = told(policy, {"block": 0.0, "crowned": True}, *[steady] * seen_before)
        margin = epsilon(policy, 0, memory, error=0.001)
        evidence = min(0.5 * seen_before, log(18))
        assert margin == pytest.approx(0.0005 + 0.001 * (log(18) - evidence), rel=1e-9)
        assert (margin < 0.001) == (seen_before >= 5)


def test_sequential_test_starts_afresh() -> None:
    """A crown and an evaluation without a challenger wipe the evidence out; nobody's errors, nobody's evidence."""
    policy = build({"sequential-test": TEST})
    near = {"block": 0.0, "best": 0.002, "error": 0.001}
    assert told(policy, near).evidence == pytest.approx(1.5)
    assert told(policy, near, {**near, "crowned": True}).evidence == 0
    assert told(policy, near, {**near, "best": -inf}).evidence == 0
    assert told(policy, near, {**near, "error": nan}).evidence == pytest.approx(1.5)
    assert epsilon(policy, 0) == 0.02


@pytest.mark.parametrize("error", [1e-4, 1e-3, 5e-3])
def test_noise_floor_is_the_larger_of_two(error: float) -> None:
    """Max(z * s, decay), and the decay alone where nobody has measured."""
    policy, line = build({"noise-floor": {"errors": 2.0, "then": LINE}}), build(LINE)
    for age in (0, 10_000, 30_000, 60_000, inf):
        assert epsilon(policy, age, error=error) == max(2 * error, float(line.epsilon(age)))
        assert epsilon(policy, age) == float(line.epsilon(age))


def shield(**values: float) -> Policy:
    """A descent shield without its limits."""
    return build({"descent-shield": {"end": 0.0, "most": 0.99, **values}})


@pytest.mark.parametrize("kappa", [0.5, 1.0, 2.0])
@pytest.mark.parametrize("slices", [1, 4, 20])
def test_descent_shield_without_decay_is_neutral_to_slices(kappa: float, slices: int) -> None:
    """Without decay a reign lasts kappa * g / r, so that k slices of g / k reign as long in all (to 1 %)."""
    policy = shield(kappa=kappa, half_life_blocks=0)
    total = sum(reign(policy, 0.001, gain=0.02 / slices) for _ in range(slices))
    assert total == pytest.approx(kappa * 0.02 / 0.001, rel=1e-2)


def test_fixed_pays_for_slices() -> None:
    """Under a fixed epsilon a reign does not depend on the gain, so 4 slices reign 4 times as long."""
    policy = build({"fixed": {"epsilon": 0.005}})
    assert sum(reign(policy, 0.001, gain=0.005) for _ in range(4)) == pytest.approx(20.0)
    assert reign(policy, 0.001, gain=0.02) == pytest.approx(5.0)


@pytest.mark.parametrize("rate", [2e-4, 1e-3, 5e-3])
def test_descent_shield_with_decay(rate: float) -> None:
    """With exponential decay a reign lasts tau W(kappa g / (r tau)), tau = half-life / ln 2; slices gain little."""
    policy = shield(kappa=2.0, half_life_blocks=3 * DAY * log(2))
    assert reign(policy, rate, gain=0.01) == pytest.approx(3 * lambertw(2 * 0.01 / (rate * 3)).real, rel=1e-9)
    assert 1 < 4 * reign(policy, rate, gain=0.0025) / reign(policy, rate, gain=0.01) < 4


@pytest.mark.parametrize(("error", "left"), [(0.0, 1.0), (0.002, 0.75), (0.004, 0.0), (0.1, 0.0), (nan, 1.0)])
def test_descent_shield_shrinks_a_winners_luck(error: float, left: float) -> None:
    """Of a gain of 0.004 measured with s = 0.002, 1 - (s / g)^2 = 3/4 is believed; of a single s nothing."""
    assert epsilon(shield(), 0, gain=0.004, error=error) == pytest.approx(0.004 * left, rel=1e-12, abs=1e-18)


def test_descent_shield_between_its_limits() -> None:
    """At least the end, also for who never was king, and at most `most`."""
    policy = build({"descent-shield": {"kappa": 1.0, "end": 0.001, "most": 0.01}})
    for gain, expected in ((0.0, 0.001), (0.004, 0.004), (0.5, 0.01)):
        assert epsilon(policy, 0, gain=gain) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(("gap", "times"), [(2.0, 1), (1.0, 2), (0.1, 2), (4.0, 0.5), (inf, 0)])
def test_slope_shield_per_time(gap: float, times: float) -> None:
    """Kappa * g * 2 d / gap, gaps below a day counting as one; the first king has no slope."""
    values = {"kappa": 1.0, "reference_blocks": 2 * DAY, "shortest_blocks": DAY, "end": 0.0}
    policy = build({"slope-shield": values})
    assert epsilon(policy, 0, gain=0.004, gap=gap) == pytest.approx(0.004 * times, rel=1e-12)


def line_reign(start: float, end: float, rate: float) -> float:
    """Days under a line over 7 days: 1 / reign is r / start + (1 - end / start) / 7 while it falls."""
    falling = 1 / (rate / start + (1 - end / start) / 7)
    return falling if falling <= 7 else end / rate


@pytest.mark.parametrize("rate", [2e-4, 5e-4, 1e-3, 2e-3])
@pytest.mark.parametrize(
    ("spec", "facts", "times"),
    [
        ({"crown-age": {"then": LINE}}, {}, 1),
        ({"absolute-margin": {"reference_loss": 2.5, "then": LINE}}, {"loss": 2.0}, 1.25),
        ({"excess-entropy": {"entropy": 1.5, "then": LINE}}, {"loss": 2.0}, 0.25),
        ({"stagnation-clock": {"then": LINE}}, {}, 1),
    ],
)
def test_reign_under_a_deterministic_frontier(spec: Any, facts: dict[str, float], times: float, rate: float) -> None:
    """With a line inside: the reign of a line whose start and end are `times` as large."""
    expected = line_reign(0.005 * times, 0.0005 * times, rate)
    assert reign(build(spec), rate, **facts) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("rate", [2e-4, 5e-4, 1e-3, 2e-3])
def test_reign_above_a_noise_floor(rate: float) -> None:
    """Whichever lasts longer, the line's reign or z s / r."""
    policy = build({"noise-floor": {"errors": 2.0, "then": LINE}})
    expected = max(line_reign(0.005, 0.0005, rate), 2 * 1e-3 / rate)
    assert reign(policy, rate, error=1e-3) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("rate", [2e-4, 1e-3])
def test_reign_with_a_matched_half_life(rate: float) -> None:
    """With decay on the scale tau: tau W(eps0 / (r tau)) with the fitted tau of 0.2403^-2 - 16 = 1.318 days."""
    policy = build({"descent-matched": MATCHED})
    memory, tau = told(policy, *power_law(1.0, 2.0, 4.0, 8.0, 16.0)), 0.2403**-2 - 16
    tau /= log(2) ** 2  # a half-life of tau / ln 2 decays on the scale tau / (ln 2)^2
    assert reign(policy, rate, memory) == pytest.approx(tau * lambertw(0.005 / (rate * tau)).real, rel=1e-6)


def test_shields_compose() -> None:
    """A noise floor around a descent shield is of the higher class, and needs what both need."""
    policy = build({"noise-floor": {"errors": 2.0, "then": {"descent-shield": {"half_life_blocks": 0}}}})
    assert (policy.state, policy.needs) == ("V", ("errors",))
    assert "measured gain" in policy.stores
    assert "standard error" in policy.stores
    assert epsilon(policy, 0, gain=0.01, error=1e-3) == pytest.approx(0.01 * 0.99, rel=1e-12)
    assert epsilon(policy, 0, gain=0.001, error=1e-3) == pytest.approx(0.002, rel=1e-12)


def test_one_inside_another_remembers_its_own() -> None:
    """Two controllers with other targets, one inside the other, each keep their factor; both apply."""
    inner = {"reign-controller": {"target_blocks": 8 * DAY, "strength": 0.5, "then": LINE}}
    policy = build({"reign-controller": {"target_blocks": 2 * DAY, "strength": 0.5, "then": inner}})
    memory = told(policy, {"block": 0.0, "crowned": True, "gap": 2.0})
    assert (memory.factor, memory.then.factor) == pytest.approx((1.0, 2.0))
    assert epsilon(policy, 0, memory) == pytest.approx(0.01, rel=1e-12)


def test_grace_before_a_shield_reads_what_the_shield_reads() -> None:
    """A grace before a shield is of class D+, and the shield's decay starts when the grace is over."""
    policy = build({"grace": {"grace_blocks": 1_000, "then": {"descent-shield": {"half_life_blocks": 7_200}}}})
    assert policy.state == "D+"
    assert build("grace").state == "D"
    assert epsilon(policy, 1_000 + 7_200, gain=0.01) == pytest.approx(0.005, rel=1e-12)


@pytest.mark.parametrize(("similarity", "factor"), [(nan, 1.0), (0.0, 1.0), (0.5, 2.0), (1.0, 3.0), (7.0, 3.0)])
def test_lineage_taxes_who_is_alike(similarity: float, factor: float) -> None:
    """The advantage inside times 1 + tax * similarity, which is between nothing and all."""
    policy, line = build({"lineage": {"tax": 2.0, "then": LINE}}), build(LINE)
    for age in (0, 14_400, inf):
        expected = factor * float(line.epsilon(age))
        assert epsilon(policy, age, similarity=similarity) == pytest.approx(expected, rel=1e-12)
