"""What is recommended of a study, and when it is the baseline."""

import json
from dataclasses import replace

import pytest
from noisy_study import LIMIT, Noisy, by_family, dethroning, spec, verdict
from scipy.stats import binom

from experiments.results.estimate import Estimate, worlds_needed
from experiments.search.recommendation import recommend


def false_alarms(folder, studies):
    """In how many studies of pure noise something is recommended."""
    study = spec(folder, heldout={})
    return sum(verdict(study, Noisy(by_family(), seed=seed)).recommended is not None for seed in range(studies))


def test_noise_recommends_the_baseline(tmp_path):
    """Where nothing is better, something is recommended in at most 5 % of studies, within the binomial error.

    Without held-out families, which could only refuse more.
    """
    assert false_alarms(tmp_path, 40) <= binom.ppf(0.999, 40, 0.05)


@pytest.mark.slow
def test_noise_recommends_the_baseline_in_a_thousand_studies(tmp_path):
    """The same in 1,000 studies."""
    assert false_alarms(tmp_path, 1000) <= binom.ppf(0.999, 1000, 0.05)


def test_better_everywhere_is_recommended(tmp_path):
    """A gain of three standard deviations in the final worlds and in each held-out family."""
    found = verdict(spec(tmp_path), Noisy(by_family(linear=3.0)))
    assert found.recommended is found.best[0]
    assert found.recommended.candidate.family == "linear"
    assert "better than deployed" in found.because
    assert found.recommended.sensitivity.robust
    assert "so that it is robust" in found.because


def test_equal_lanes_have_points_and_no_chance(tmp_path):
    """Without any noise or gain every difference is exactly 0, which is no reason to change."""
    found = verdict(spec(tmp_path), Noisy(by_family(), sd=0.0))
    assert found.recommended is None
    assert all((e.difference.lo, e.difference.hi, e.p_holm) == (0.0, 0.0, 1.0) for e in found.best)


def test_worse_is_not_recommended(tmp_path):
    """A difference that is sure and on the wrong side stays where it is."""
    found = verdict(spec(tmp_path), Noisy(by_family(fixed=-3.0, linear=-3.0, half_life=-3.0)))
    assert found.recommended is None
    assert all(each.p_holm < 0.05 for each in found.best)


def test_not_better_in_heldout_families_is_refused(tmp_path):
    """What is better only in the worlds of the kind that was searched is not recommended, and the sentence says so."""
    only_home = lambda lane, case: by_family(linear=5.0)(lane, case) if case == "noisy" else 0.0  # noqa: E731
    found = verdict(spec(tmp_path), Noisy(only_home))
    assert found.recommended is None
    assert "no finalist that keeps all limits is surely better in every family" in found.because
    linear = next(each for each in found.best if each.candidate.family == "linear")
    assert linear.difference.lo > 0 > linear.heldout.lo


def test_the_largest_least_lower_limit_is_recommended(tmp_path):
    """A gain of 5 everywhere is more than one of 9 here and 4 there, whatever the gain on average."""
    worth = lambda lane, case: by_family(fixed=5.0, linear=3.0 if case == "long" else 9.0)(lane, case)  # noqa: E731
    found = verdict(spec(tmp_path), Noisy(worth))
    assert found.recommended.candidate.family == "fixed"
    linear = next(each for each in found.best if each.candidate.family == "linear")
    assert linear.worst.family == "long"
    assert found.recommended.worst.lo == max(each.worst.lo for each in found.best)
    assert "in all 3 families, 2 of which the search never saw: in the worst of them" in found.because


def test_families_of_the_search_count_like_those_it_never_saw(tmp_path):
    """Better in one of two families and worse in the other is not recommended, though the mean is above 0."""
    study = spec(tmp_path, "heldout:", "families:")
    worth = lambda lane, case: by_family(linear=9.0 if case == "many" else -1.0)(lane, case)  # noqa: E731
    found = verdict(study, Noisy(worth))
    assert found.recommended is None
    linear = next(each for each in found.best if each.candidate.family == "linear")
    assert (linear.difference.family, linear.heldout) == ("long", None)
    assert list(linear.difference.families) == ["many", "long"]


def with_regret(finalist, mean, half):
    """The finalist with a regret in its first family."""
    (name, gain), *others = finalist.difference.families.items()
    played = replace(gain, regret=Estimate(mean, mean - half, mean + half, 12), settled=True)
    return replace(finalist, difference=replace(finalist.difference, families={name: played, **dict(others)}))


def test_a_crowd_that_would_surely_leave_is_refused(tmp_path):
    """A regret surely above 5 % of mean pay refuses the best; the next is recommended, or nobody is left."""
    best, second, _ = verdict(spec(tmp_path), Noisy(by_family(linear=9.0, half_life=5.0))).best
    sure, unsure = with_regret(best, 0.2, 0.1), with_regret(best, 0.2, 0.2)
    assert recommend([unsure, second], "deployed")[0] is unsure
    assert recommend([sure, second], "deployed")[0] is second
    nobody, because = recommend([sure], "deployed")
    assert nobody is None
    assert "a single deviant surely gains more than 5 % of mean pay" in because


def test_broken_limit_is_refused(tmp_path):
    """The best that breaks a limit is listed last and never recommended; the next best that keeps it is."""
    evaluator = Noisy(by_family(linear=9.0, half_life=4.0), other=dethroning(linear=0.2))
    found = verdict(spec(tmp_path, *LIMIT), evaluator)
    assert found.recommended.candidate.family == "half-life"
    last = found.best[-1]
    assert (last.candidate.family, last.feasible) == ("linear", False)
    limit = last.limits["false_dethroning"]
    assert (limit.level, limit.limit, limit.kept) == (pytest.approx(0.2), 0.05, False)


def test_all_limits_broken_is_said(tmp_path):
    """Where no finalist keeps the limits the baseline stays, and the reason is that."""
    evaluator = Noisy(by_family(linear=9.0), other=dethroning(linear=0.2, half_life=0.2, fixed=0.2))
    found = verdict(spec(tmp_path, *LIMIT), evaluator)
    assert found.recommended is None
    assert "no finalist surely keeps all limits" in found.because


def test_failing_candidate_is_refused(tmp_path):
    """A candidate that fails in any world is not recommended, and the table says it."""
    evaluator = Noisy(by_family(linear=9.0), broken=lambda lane, case: lane.name == "candidate" and case == "long")
    found = verdict(spec(tmp_path), evaluator)
    assert found.recommended is None
    assert "failed in a world" in found.because
    assert {each.error for each in found.best} == {"boom"}
    told = found.document()["best"][0]["heldout"]["families"]["long"]
    assert (told["mean"], told["n"], told["p"]) == (None, 0, 1.0)


def test_no_finished_trial_recommends_the_baseline(tmp_path):
    """A search without any value has nothing to select from, and that is the sentence."""
    found = verdict(spec(tmp_path), Noisy(by_family()), [])
    assert (found.recommended, found.best) == (None, ())
    assert "no trial was measured" in found.because
    json.dumps(found.document(), allow_nan=False)


def test_too_few_worlds_are_said(tmp_path):
    """With six final worlds and three finalists the least chance is 3 * 2 / 64, above 5 %."""
    study = spec(tmp_path, "final: 12", "final: 6")
    found = verdict(study, Noisy(by_family(linear=9.0)))
    assert found.recommended is None
    assert "6 worlds of a family can never be enough for 3 finalists" in found.because


def test_worlds_for_a_small_gain_are_told(tmp_path):
    """Where the best gain is above 0 and not sure, by the half-width of its interval; so many give 80 % power."""
    found = verdict(spec(tmp_path, heldout={}), Noisy(by_family(linear=0.7)))
    assert found.recommended is None
    most = max(found.best, key=lambda each: each.worst.lo).worst
    assert f"takes some {worlds_needed(most, 12, most.mean)} worlds" in found.because


def test_better_baseline_is_named(tmp_path):
    """A candidate that beats the first baseline and loses to another one comes with that warning."""
    worth = by_family(linear=4.0)
    evaluator = Noisy(lambda lane, case: 9.0 if lane.name == "flat" else worth(lane, case))
    found = verdict(spec(tmp_path), evaluator)
    assert found.recommended.candidate.family == "linear"
    assert "but flat, another baseline, is better" in found.because
    assert found.recommended.baselines["flat"].hi < 0 < found.recommended.baselines["deployed"].lo
