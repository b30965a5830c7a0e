"""The page of a study says what was measured, in every shape that a study can have."""

import numpy as np
import pytest
from study_results import MANIFEST, as_results, document, finalist, reranked, spec, study_page, trial

from experiments.report.study.page import render
from experiments.report.study.results import StudyResults
from experiments.search.spec import load


def told_by(told):
    """The findings as the page shows them, without line breaks."""
    return " ".join(render(told).split('<div class="findings">')[1].split("</div>")[0].split())


def test_recommended_is_told_with_its_gain_and_what_held_up(tmp_path):
    """A gain of 0.002 is 0.20 % of the loss; of 0.004 that were believed a half held up, and a quarter elsewhere."""
    told = told_by(StudyResults(spec(tmp_path), (), document([finalist()], winner=0), MANIFEST))

    assert "is recommended instead of" in told
    assert "start 0.005, end 0.0001, decay blocks 14400" in told
    assert "+0.200 % of the loss [+0.150, +0.250] (8 worlds)" in told
    assert "+0.100 % of the loss [+0.050, +0.150] (8 worlds) in the worst of 2 held-out families" in told
    assert "+2.0 % of the baseline's own 10)" in told  # 0.002 of 0.1
    assert "believed in +0.4 % of the loss" in told
    assert "+0.2 (50 % of that)" in told
    assert "+0.1 (25 % of that)" in told
    assert 'Of the 1 other baseline it is not surely better than <b class="lane">sn9-2024-12</b>.' in told


def test_refusal_says_that_the_baseline_stays(tmp_path):
    """Nobody recommended: the page says so first, then names the best candidate and the reason."""
    told = told_by(StudyResults(spec(tmp_path), (), document([finalist()]), MANIFEST))

    assert told.startswith("<p><strong>Nothing found is recommended")
    assert "sn9-2025-03" in told
    assert "it &lt;em&gt;is&lt;/em&gt; better" in told


def test_broken_limits_and_weak_spots_are_told(tmp_path):
    """A finalist that breaks a limit, and one that falls below the baseline a quarter off, are said to."""
    limits = {"delay_p95": {"family": "by-hand", "level": 2.0, "limit": 1.0, "chance": 0.01, "kept": False}}
    moved = {"worst": -0.001, "mean": 0.001, "robust": False, "numbers": {}}
    each = finalist(limits=limits, sensitivity=moved, feasible=False)
    told = told_by(StudyResults(spec(tmp_path), (), document([each]), MANIFEST))

    assert "does not surely keep the limit on delay p95" in told
    assert "not robust: with one number a quarter off its mean gain falls to −0.1 % of the loss" in told


def test_page_stands_alone_and_everything_is_escaped(tmp_path):
    """Nothing is loaded, and no text of a recipe or an error becomes an element."""
    of = spec(tmp_path)
    trials = [
        trial(of, {}, [0.001], family="linear"),
        trial(of, {}, state="FAIL", error="</script><img src=y>", family="fixed"),
    ]
    seen, source = study_page(tmp_path, document([finalist()], 0, [reranked(0, 0.002)]), of, trials)

    assert not [tag for tag, a in seen.tags if tag in ("img", "i", "em") and "style" not in a]
    assert not [a for _, a in seen.tags if "src" in a or str(a.get("href", "#"))[:1] != "#"]
    assert "default-src 'none'" in source
    assert "1 of 2 trials failed" in seen.text
    assert "</script><img src=y>" in seen.text
    assert "Which <b>schedule</b>?" in seen.text
    assert "<img src=x>" in seen.text


def test_same_study_gives_the_same_bytes(tmp_path):
    """Two reports of one study do not differ."""
    told = document([finalist()], 0, [reranked(0, 0.002)])
    assert study_page(tmp_path, told)[1] == study_page(tmp_path, told)[1]


@pytest.mark.parametrize("state", ["FAIL", "COMPLETE"])
def test_study_without_candidates_has_a_page(tmp_path, state):
    """No finalist, or not even a trial with a value: the page says that the baseline stays."""
    of = spec(tmp_path)
    trials = [trial(of, {}, [0.0] if state == "COMPLETE" else None, state=state, family="fixed")]
    seen, _ = study_page(tmp_path, document([]), of, trials)

    assert "sn9-2025-03 stays: there is no candidate" in seen.text


def test_heldout_families_are_told_in_words(tmp_path):
    """What each family changes: a list by the numbers of its elements, and an empty part as its defaults."""
    of = spec(tmp_path)
    path = tmp_path / "by-hand.yaml"
    switch = "{data: {judged: [{day: 0, mixture: refinedweb}, {day: 1, mixture: fineweb}]}}"
    text = (
        path.read_text(encoding="utf-8")
        .replace("{noise: {samples: 100}}", switch)
        .replace("{miners: 4}", "{progress: {ideas: {}}}")
    )
    path.write_text(text, encoding="utf-8")
    told = render(as_results(load(path), [trial(of, {}, [0.001], family="linear")]))
    assert "noisy: population honest, never seen by the search; data.judged.1.day 0" in told
    assert "data.judged.1.mixture refinedweb, data.judged.2.day 1" in told
    assert "progress.ideas by default." in told


@pytest.mark.parametrize(
    ("mean", "text"), [(0.000012345, "+0.00123"), (-0.02, "−2"), (0.0, "0"), (None, "–"), (np.nan, "–")]
)
def test_gains_have_three_digits_and_a_sign(tmp_path, mean, text):
    """In percent of the loss; a dash where there is none."""
    each = finalist(search={"mean": mean, "lo": None, "hi": None, "n": 4})
    told = told_by(StudyResults(spec(tmp_path), (), document([each], winner=0), MANIFEST))
    assert f"The search believed in {text} % of the loss" in told
