"""The selection: which candidates are measured in which worlds, and how their gains are compared."""

import pytest
from noisy_study import ALL, LINEAR, Noisy, by_family, point, spec, verdict

from experiments.search import StudyFailedError


def test_metric_that_is_better_low(tmp_path):
    """Gains are positive where a candidate is better, whatever the metric; its own difference has its own sign."""
    study = spec(tmp_path, "trials: 4", "trials: 4\nobjectives: [final_loss]")
    lanes = {"final_loss": lambda lane: 2.0 if lane.policy.name() == "half-life" else 3.0}
    found = verdict(study, Noisy(by_family(), other=lanes), [(p, [0.0], {}) for p, _, _ in ALL])
    assert found.recommended.candidate.family == "half-life"
    assert found.recommended.difference.mean == 1.0
    one = found.recommended.objectives["final_loss"]
    assert (one.level, one.difference.mean) == (2.0, -1.0)


def test_failing_baseline_stops_the_study(tmp_path):
    """Without the baseline there is nothing to compare with."""
    with pytest.raises(StudyFailedError, match="first baseline fail in many: boom"):
        verdict(
            spec(tmp_path), Noisy(by_family(), broken=lambda lane, case: lane.name == "deployed" and case == "many")
        )


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


def test_a_family_of_larger_losses_does_not_decide_alone(tmp_path):
    """Ten times the area and ten times the gain are the same: a gain counts as its share of the baseline's."""
    scale = {"noisy": 1.0, "many": 10.0, "long": 1.0}
    worth = lambda lane, case: scale[case] * by_family(linear=0.5)(lane, case) + scale[case]  # noqa: E731
    found = verdict(spec(tmp_path), Noisy(worth, sd=0.0), [(LINEAR, [0.5], {})])
    told = found.document()["best"][0]["heldout"]
    assert {name: gain["mean"] for name, gain in told["families"].items()} == {"many": 0.5, "long": 0.5}
    assert told["mean"] == 0.5


def test_same_study_same_verdict(tmp_path):
    """Intervals and chances come from streams by name: a second selection says the same to the last digit."""
    one, two = (verdict(spec(tmp_path), Noisy(by_family(linear=1.0))).document() for _ in range(2))
    assert one == two
