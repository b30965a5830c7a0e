"""What is recommended of a study, and when it is the baseline."""

import json

import numpy as np
import pytest
from noisy_study import ALL, FIXED, LINEAR, Noisy, by_family, point, spec, verdict
from scipy.stats import binom

from experiments.search import StudyFailedError
from experiments.search.standings import table
from experiments.search.verdict import Finalist

LIMIT = ("trials: 4", "trials: 4\nconstraints: {false_dethroning: 0.05}")


def dethroning(**broken):
    """False dethroning of lanes by their policy; 0 where not given."""
    return {"false_dethroning": lambda lane: broken.get(lane.policy.name().replace("-", "_"), 0.0)}


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
    assert found.recommended.entry.candidate.family == "linear"
    assert "better than deployed" in found.because
    assert found.sensitivity.robust
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


def test_metric_that_is_better_low(tmp_path):
    """Gains are positive where a candidate is better, whatever the metric; its own difference has its own sign."""
    study = spec(tmp_path, "trials: 4", "trials: 4\nobjectives: [final_loss]")
    lanes = {"final_loss": lambda lane: 2.0 if lane.policy.name() == "half-life" else 3.0}
    found = verdict(study, Noisy(by_family(), other=lanes), [(p, [0.0], {}) for p, _, _ in ALL])
    assert found.recommended.entry.candidate.family == "half-life"
    assert found.recommended.difference.mean == 1.0
    level, apart = found.recommended.objectives["final_loss"]
    assert (level, apart.mean) == (2.0, -1.0)


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
    assert same.recommended.entry.candidate.family == "fixed"
    assert "linear (trial 1), more complex, is not surely better than fixed (trial 0)" in same.because
    more = verdict(spec(tmp_path), Noisy(by_family(fixed=4.0, linear=8.0)))
    assert more.recommended.entry.candidate.family == "linear"


def test_heldout_families_decide_between_simple_and_complex(tmp_path):
    """More in the final worlds alone does not help the more complex one, unless there are no held-out families."""
    home = lambda lane, case: by_family(fixed=4.0, linear=8.0 if case == "noisy" else 4.0)(lane, case)  # noqa: E731
    assert verdict(spec(tmp_path), Noisy(home)).recommended.entry.candidate.family == "fixed"
    without = spec(tmp_path, heldout={})
    found = verdict(without, Noisy(home))
    assert found.recommended.entry.candidate.family == "linear"
    assert found.recommended.heldout is None


def test_equally_complex_go_by_the_ranking(tmp_path):
    """Of linear and half-life, three numbers each, the one that was better in the worlds of the re-ranking."""
    found = verdict(spec(tmp_path), Noisy(by_family(linear=5.0, half_life=50.0)))
    assert found.recommended.entry.candidate.family == "half-life"
    assert [each.entry.candidate.family for each in found.shortlist] == ["half-life", "linear", "fixed"]


def test_broken_limit_is_refused(tmp_path):
    """The best that breaks a limit is listed last and never recommended; the next best that keeps it is."""
    evaluator = Noisy(by_family(linear=9.0, half_life=4.0), other=dethroning(linear=0.2))
    found = verdict(spec(tmp_path, *LIMIT), evaluator)
    assert found.recommended.entry.candidate.family == "half-life"
    last = found.best[-1]
    assert (last.entry.candidate.family, last.feasible) == ("linear", False)
    assert last.limits["false_dethroning"].missed == pytest.approx(0.15)


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
    assert found.best[0].document()["heldout"]["families"]["long"] == {"mean": None, "lo": None, "hi": None, "n": 0}


def test_failing_baseline_stops_the_study(tmp_path):
    """Without the baseline there is nothing to compare with."""
    with pytest.raises(StudyFailedError, match="first baseline fail in many: boom"):
        verdict(
            spec(tmp_path), Noisy(by_family(), broken=lambda lane, case: lane.name == "deployed" and case == "many")
        )


def test_no_finished_trial_recommends_the_baseline(tmp_path):
    """A search without any value has nothing to select from, and that is the sentence."""
    found = verdict(spec(tmp_path), Noisy(by_family()), [])
    assert (found.recommended, found.best, found.sensitivity) == (None, (), None)
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
    assert found.recommended.entry.candidate.family == "linear"
    assert "but flat, another baseline, is better" in found.because
    assert found.recommended.baselines["flat"].hi < 0 < found.recommended.baselines["deployed"].lo


def test_stages_have_worlds_of_their_own(tmp_path):
    """Shortlist, finalists, held-out families, shifts of the winner: beside two baselines, never in a search world."""
    evaluator = Noisy(by_family(fixed=9.0))
    study = spec(tmp_path, finalists=1)
    told = [*ALL, (point("fixed", epsilon=0.01), [0.5], {})]
    verdict(study, evaluator, told)
    rerank, final, held = (study.worlds(stage)[0] for stage in ("rerank", "final", "heldout"))
    stages = [
        ("noisy", rerank, 4),
        ("noisy", final, 3),  # the best, and the best of each other family
        ("many", held, 3),
        ("long", held, 3),
        ("noisy", final, 2),  # one number, two ways
    ]
    beside = [each for case, world, lanes in stages for each in ((case, world, 2), (case, world, lanes))]
    assert evaluator.asked == beside


def test_drop_is_what_the_search_said_too_much(tmp_path):
    """Gain of the search less that of final worlds, and less that of the held-out families, each of the same weight."""
    worth = lambda lane, case: by_family(linear={"noisy": 4.0, "many": 3.0, "long": 1.0}[case])(lane, case)  # noqa: E731
    found = verdict(spec(tmp_path), Noisy(worth, sd=0.0), [(LINEAR, [5.0], {})])
    told = found.document()["best"][0]
    assert told["drop"] == {"final": 1.0, "heldout": 3.0}
    assert told["heldout"]["mean"] == 2.0
    assert {name: e["mean"] for name, e in told["heldout"]["families"].items()} == {"many": 3.0, "long": 1.0}


def test_a_family_of_larger_losses_does_not_decide_alone(tmp_path):
    """Ten times the area and ten times the gain are the same: over families a gain is a share of the baseline's."""
    scale = {"noisy": 1.0, "many": 10.0, "long": 1.0}
    worth = lambda lane, case: scale[case] * by_family(linear=0.5)(lane, case) + scale[case]  # noqa: E731
    found = verdict(spec(tmp_path), Noisy(worth, sd=0.0), [(LINEAR, [0.5], {})])
    told = found.document()["best"][0]["heldout"]
    assert told["families"]["many"]["mean"] == 5.0
    assert told["mean"] == 0.5


def test_document_is_json_with_who_and_how_much(tmp_path):
    """Plain data without NaN; finalists best first; sensitivity for the winner alone."""
    found = verdict(spec(tmp_path, *LIMIT), Noisy(by_family(linear=9.0), other=dethroning()))
    told = json.loads(json.dumps(found.document(), allow_nan=False))
    first = told["best"][0]
    assert (first["policy"], first["family"], first["trial"], first["reward"]) == ("linear", "linear", 1, "subnet")
    assert first["parameters"] == {"start": 0.004, "end": 0.002, "decay_blocks": 7200.0}
    assert told["recommended"]["trial"] == 1
    assert set(first["sensitivity"]["numbers"]) == {"start", "end", "decay_blocks"}
    assert [each["sensitivity"] for each in told["best"][1:]] == [None, None]
    means = [each["difference"]["mean"] for each in told["best"]]
    assert means == sorted(means, reverse=True)
    assert first["limits"] == {"false_dethroning": {"level": 0.0, "limit": 0.05, "kept": True}}


def test_same_study_same_verdict(tmp_path):
    """Intervals and chances come from streams by name: a second selection says the same to the last digit."""
    one, two = (verdict(spec(tmp_path), Noisy(by_family(linear=1.0))).document() for _ in range(2))
    assert one == two


def test_table_fits_a_hundred_columns(tmp_path, capsys):
    """Finalists, the recommendation with its numbers, and why; no line is longer."""
    found = verdict(spec(tmp_path, *LIMIT), Noisy(by_family(linear=9.0), other=dethroning(half_life=1.0)))
    table(found)
    out = capsys.readouterr().out
    assert max(map(len, out.splitlines())) <= 100
    broken = "half-life (trial 2): false_dethroning is 1, not 0.05"
    for text in ("linear (trial 1)", "recommended: linear", "'decay_blocks': 7200.0", "held-out", broken):
        assert text in out


def test_small_gains_are_in_units(tmp_path, capsys):
    """Gains of 0.000123 are 123 in units of 1e-06, so that the table stays narrow."""
    table(verdict(spec(tmp_path), Noisy(by_family(linear=0.000123), sd=0.0), [(LINEAR, [0.000123], {})]))
    out = capsys.readouterr().out
    assert "descent_area in units of 1e-06" in out
    assert out.count("+123") >= 4


def test_table_without_finalists(tmp_path, capsys):
    """Then it is the recommendation and its reason alone."""
    table(verdict(spec(tmp_path), Noisy(by_family()), []))
    assert "recommended: deployed" in capsys.readouterr().out


def test_feasible_needs_no_limits(tmp_path):
    """Without limits all candidates that did not fail are allowed."""
    found = verdict(spec(tmp_path), Noisy(by_family()), [(FIXED, [1.0], {})])
    assert isinstance(found.best[0], Finalist)
    assert found.best[0].feasible
    assert np.isfinite(found.best[0].gains).all()
