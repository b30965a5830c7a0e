"""What is recommended of a study, and when it is the baseline."""

import json

import pytest
from noisy_study import LIMIT, Noisy, by_family, dethroning, spec, verdict
from scipy.stats import binom


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
    assert "held-out" in found.because
    assert "linear" in found.because
    assert found.best[0].p_holm < 0.05


def test_more_complex_must_beat_the_simpler(tmp_path):
    """Of one number and of three with the same worth, the one number; with more on held-out families, the three."""
    same = verdict(spec(tmp_path), Noisy(by_family(fixed=4.0, linear=4.0)))
    assert same.recommended.candidate.family == "fixed"
    assert "linear (trial 1), more complex, is not surely better than fixed (trial 0)" in same.because
    more = verdict(spec(tmp_path), Noisy(by_family(fixed=4.0, linear=8.0)))
    assert more.recommended.candidate.family == "linear"


def test_heldout_families_decide_between_simple_and_complex(tmp_path):
    """More in the final worlds alone does not help the more complex one, unless there are no held-out families."""
    home = lambda lane, case: by_family(fixed=4.0, linear=8.0 if case == "noisy" else 4.0)(lane, case)  # noqa: E731
    assert verdict(spec(tmp_path), Noisy(home)).recommended.candidate.family == "fixed"
    without = spec(tmp_path, heldout={})
    found = verdict(without, Noisy(home))
    assert found.recommended.candidate.family == "linear"
    assert found.recommended.heldout is None


def test_equally_complex_go_by_the_ranking(tmp_path):
    """Of linear and half-life, three numbers each, the one that was better in the worlds of the re-ranking."""
    found = verdict(spec(tmp_path), Noisy(by_family(linear=5.0, half_life=50.0)))
    assert found.recommended.candidate.family == "half-life"
    assert [each.candidate.family for each in found.reranked] == ["half-life", "linear", "fixed"]


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
    assert "no finalist keeps all limits" in found.because


def test_failing_candidate_is_refused(tmp_path):
    """A candidate that fails in any world is not recommended, and the table says it."""
    evaluator = Noisy(by_family(linear=9.0), broken=lambda lane, case: lane.name == "candidate" and case == "long")
    found = verdict(spec(tmp_path), evaluator)
    assert found.recommended is None
    assert "failed in a world" in found.because
    assert {each.error for each in found.best} == {"boom"}
    assert found.document()["best"][0]["heldout"]["families"]["long"] == {"mean": None, "lo": None, "hi": None, "n": 0}


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
    assert "6 final worlds can never be enough for 3 finalists" in found.because


def test_better_baseline_is_named(tmp_path):
    """A candidate that beats the first baseline and loses to another one comes with that warning."""
    worth = by_family(linear=4.0)
    evaluator = Noisy(lambda lane, case: 9.0 if lane.name == "flat" else worth(lane, case))
    found = verdict(spec(tmp_path), evaluator)
    assert found.recommended.candidate.family == "linear"
    assert "but flat, another baseline, is better" in found.because
    assert found.recommended.baselines["flat"].hi < 0 < found.recommended.baselines["deployed"].lo
