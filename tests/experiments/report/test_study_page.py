"""The report of a study: what the page says is what was measured, in every shape that a study can have."""

import numpy as np
import optuna
import pytest
from report_page import Page, numbers
from study_results import LINEAR, MANIFEST, document, finalist, reranked, spec, study, trial

from experiments.report.study.finalists import AGES, as_good, schedules, shifts
from experiments.report.study.measure import make_measure, read_estimate, turn
from experiments.report.study.page import build, study_page
from experiments.report.study.parameters import FEWEST, importance, importances, slices
from experiments.report.study.results import StudyResults
from experiments.report.study.trials import front, history
from experiments.report.text import digits, signed
from experiments.search.spec import load


def material(of, trials, told=None):
    """What the page is made from."""
    found = study(of)
    found.add_trials(trials)
    return StudyResults(of, tuple(found.get_trials()), told or document([]), MANIFEST)


def page(folder, told, of=None, trials=()):
    """The page of a study, as a browser sees it, and its bytes."""
    of = of or spec(folder)
    found = study(of)
    found.add_trials(list(trials) or [trial(of, {}, [0.001], family="linear") for _ in range(3)])
    source = build(of, found, told, MANIFEST, folder).read_text(encoding="utf-8")
    return Page(source), source


def told_by(told):
    """The findings as the page shows them, without line breaks."""
    return " ".join(study_page(told).split('<div class="findings">')[1].split("</div>")[0].split())


def named(figure, name, panel=0):
    """The traces of a picture that are called so."""
    return [trace for trace in figure.panels[panel].data if trace.get("name") == name]


def test_recommended_is_told_with_its_gain_and_what_held_up(tmp_path):
    """A gain of 0.002 is 0.20 % of the loss; of 0.004 that were believed a half held up, and a quarter elsewhere."""
    told = told_by(StudyResults(spec(tmp_path), (), document([finalist()], winner=0), MANIFEST))

    assert "is recommended instead of" in told
    assert "start 0.005, end 0.0001, decay blocks 14400" in told
    assert "+0.200 % of the loss [+0.150, +0.250] (8 worlds)" in told
    assert "+0.100 % of the loss [+0.050, +0.150] (8 worlds) over 2 held-out families" in told
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
    limits = {"delay_p95": {"level": 2.0, "limit": 1.0, "kept": False}}
    moved = {"worst": -0.001, "mean": 0.001, "robust": False, "numbers": {}}
    each = finalist(limits=limits, sensitivity=moved, feasible=False)
    told = told_by(StudyResults(spec(tmp_path), (), document([each]), MANIFEST))

    assert "breaks the limit on delay p95" in told
    assert "not robust: with one number a quarter off its mean gain falls to −0.1 % of the loss" in told


def test_page_stands_alone_and_everything_is_escaped(tmp_path):
    """Nothing is loaded, and no text of a recipe or an error becomes an element."""
    of = spec(tmp_path)
    trials = [
        trial(of, {}, [0.001], family="linear"),
        trial(of, {}, state="FAIL", error="</script><img src=y>", family="fixed"),
    ]
    seen, source = page(tmp_path, document([finalist()], 0, [reranked(0, 0.002)]), of, trials)

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
    assert page(tmp_path, told)[1] == page(tmp_path, told)[1]


@pytest.mark.parametrize("state", ["FAIL", "COMPLETE"])
def test_study_without_candidates_has_a_page(tmp_path, state):
    """No finalist, or not even a trial with a value: the page says that the baseline stays."""
    of = spec(tmp_path)
    trials = [trial(of, {}, [0.0] if state == "COMPLETE" else None, state=state, family="fixed")]
    seen, _ = page(tmp_path, document([]), of, trials)

    assert "sn9-2025-03 stays: there is no candidate" in seen.text


def test_table_has_each_finalist_with_its_limits(tmp_path):
    """A row for each, with gain, corrected chance, level and limit."""
    broken = {"delay_p95": {"level": 2.0, "limit": 1.0, "kept": False}}
    seen, source = page(tmp_path, document([finalist(3), finalist(4, -0.001, limits=broken)], 3))

    assert source.count("<span>linear, trial 3") == 2  # among finalists, and against each baseline
    assert "+0.200" in seen.text
    assert "0.002" in seen.text
    assert "limit 1" in seen.text
    assert "✗ broken" in seen.text
    assert "recommended" in seen.text


def test_best_so_far_is_of_those_that_count(tmp_path):
    """By hand: a broken limit and an early stop do not count, and it never falls."""
    of = spec(tmp_path)
    trials = [
        trial(of, {}, [0.001], family="linear"),
        trial(of, {}, [0.009], missed=0.5, family="linear"),
        trial(of, {}, [0.008], state="PRUNED", family="fixed"),
        trial(of, {}, [-0.002], family="fixed"),
        trial(of, {}, [0.003], family="linear"),
    ]
    made = history(material(of, trials))
    (best,) = named(made, "best so far")

    assert best["x"] == [0, 3, 4, 4]
    assert best["y"] == pytest.approx([0.1, 0.1, 0.3, 0.3])
    assert [trace["marker"]["symbol"] for trace in named(made, "linear") if len(trace["x"])] == [
        "circle",
        "circle-open",
    ]
    assert [trace["x"] for trace in named(made, "fixed") if len(trace["x"])] == [[3], [2]]


def test_legends_name_every_family(tmp_path):
    """A family whose trials all broke a limit has an entry too: plotly leaves out traces without a point."""
    of = spec(tmp_path)
    trials = [trial(of, {}, [0.001], family="linear"), trial(of, {}, [0.009], missed=0.5, family="fixed")]
    entries = [trace for trace in named(history(material(of, trials)), "fixed") if trace["showlegend"]]
    assert [trace["x"] for trace in entries] == [[None]]


def test_stopped_trials_stand_beside_the_best_in_their_own_worlds(tmp_path):
    """In two kind worlds it gained 3 %, but the best one, whose mean is 2 %, gained 4 % there: it stands at 1 %."""
    of = spec(tmp_path)
    best = trial(of, {}, [0.02], family="linear", gains=[0.04, 0.04, 0.0, 0.0])
    stopped = trial(of, {}, [0.03], state="PRUNED", family="fixed", gains=[0.03, 0.03])
    points = material(of, [best, stopped]).points

    assert [point.gains[0] for point in points] == pytest.approx([0.02, 0.01])


def test_failed_trials_are_marked(tmp_path):
    """A trial without a value stands in the picture with its error."""
    of = spec(tmp_path)
    made = history(material(of, [trial(of, {}, [0.0], family="fixed"), trial(of, {}, state="FAIL", error="broke")]))
    (failed,) = named(made, "failed")

    assert (failed["x"], failed["text"]) == ([1], ["broke"])


def test_lower_is_better_is_turned_round(tmp_path):
    """Less misallocation is a gain."""
    of = spec(tmp_path, objectives="[misallocation]")
    (point,) = material(of, [trial(of, {}, [-0.02], family="fixed")]).points

    assert point.gains.tolist() == [0.02]
    assert turn(read_estimate({"mean": -2.0, "lo": -3.0, "hi": 1.0, "n": 4}), -1.0).hi == 3.0


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_importance_is_of_what_makes_trials_good(tmp_path, sign):
    """The best depend on one number and the worst on another: it is the first one that matters."""
    of = spec(tmp_path, "[linear]", "[descent_area]" if sign > 0 else "[misallocation]")
    places = [(a, b) for a in np.linspace(0.02, 0.98, 8) for b in np.linspace(0.02, 0.98, 8)]
    values = [10.0 * (a > 0.9) - 10.0 * (b > 0.9) + 1e-3 * i for i, (a, b) in enumerate(places)]
    trials = [
        trial(of, {"linear.start": a, "linear.decay_blocks": b}, [sign * value])
        for (a, b), value in zip(places, values, strict=True)
    ]
    shares = importances(material(of, trials).points)

    assert max(shares, key=shares.get) == "linear.start"
    assert sum(shares.values()) == pytest.approx(1.0)


def test_importance_of_few_or_equal_trials_is_not_drawn(tmp_path):
    """Fewer trials than it takes, or no difference between them: there is nothing to see."""
    of = spec(tmp_path, "[linear]")
    few = [trial(of, {"linear.start": i / FEWEST}, [float(i)]) for i in range(FEWEST - 1)]
    equal = [trial(of, {"linear.start": i / FEWEST}, [1.0]) for i in range(FEWEST)]

    assert not importance(material(of, few)).panels
    assert not importance(material(of, equal)).panels
    assert importance(material(of, [*few, trial(of, {}, [3.5])])).panels


def test_importance_of_numbers_that_hardly_matter_is_a_sentence(tmp_path):
    """Only the start decides, so the others have no bar; the note counts them."""
    of = spec(tmp_path, "[linear]")
    places = [(i / 40, i * 7 % 40 / 40) for i in range(40)]
    trials = [trial(of, {"linear.start": a, "linear.decay_blocks": b}, [float(a > 0.89)]) for a, b in places]
    shares = importances(material(of, trials).points)
    (panel,) = importance(material(of, trials)).panels
    drawn = sum(share >= 0.005 for share in shares.values())
    assert len(panel.data[0]["y"]) == drawn
    assert ("not drawn" in panel.note) == (drawn < len(shares))


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
    told = study_page(material(load(path), [trial(of, {}, [0.001], family="linear")]))
    assert "noisy: data.judged.1.day 0, data.judged.1.mixture refinedweb, data.judged.2.day 1" in told
    assert "progress.ideas by default." in told


def test_front_is_of_those_that_nobody_beats(tmp_path):
    """By hand: of four trials two are on the front, one is beaten, and one broke a limit; lower waste is a gain."""
    of = spec(tmp_path, "[linear]", "[descent_area, waste]")
    values = [[0.01, -0.1], [0.02, 0.1], [0.005, 0.0], [0.05, -0.5]]
    trials = [trial(of, {}, value, missed=float(i == 3)) for i, value in enumerate(values)]
    large = [trace for trace in named(front(material(of, trials)), "linear") if trace["marker"]["size"] > 10]

    assert [trace["x"] for trace in large] == [pytest.approx([1.0, 2.0])]
    assert [trace["y"] for trace in large] == [pytest.approx([10.0, -10.0])]
    assert not front(material(spec(tmp_path), [])).panels


def test_schedules_are_the_policies(tmp_path):
    """The deployed line from 0.5 % to 0.01 % in two days, and a band from the least to the most of the good ones."""
    low, high = {**LINEAR, "start": 0.002}, {**LINEAR, "start": 0.008}
    shortlist = [reranked(0, 0.002, parameters=low), reranked(1, 0.0018, parameters=high), reranked(2, 0.001)]
    told = document([finalist()], 0, shortlist)
    made = schedules(StudyResults(spec(tmp_path), (), told, MANIFEST))
    expected = np.where(AGES < 2, 0.5 - 0.245 * AGES, 0.01)
    (line,) = named(made, "linear, trial 0 ◂ recommended")
    (deployed,) = named(made, "sn9-2025-03")
    (band,) = named(made, "2 that may be as good")

    assert numbers(line["y"]) == pytest.approx(expected, abs=1e-6)
    assert numbers(deployed["y"]) == pytest.approx(expected, abs=1e-6)
    assert numbers(band["y"])[0] == pytest.approx(0.8)
    assert "spans, age by age, the 2 candidates" in page(tmp_path, told)[0].text


def test_as_good_are_those_whose_interval_reaches_the_best(tmp_path):
    """Who broke a limit does not count, however good."""
    shortlist = [
        reranked(0, 0.009, feasible=False),
        reranked(1, 0.003),
        reranked(2, 0.002, half=0.001),
        reranked(3, 0.002, half=0.0009),
    ]
    told = StudyResults(spec(tmp_path), (), document([], shortlist=shortlist), MANIFEST)

    assert [each["trial"] for each in as_good(told)] == [1, 2]


def test_policies_that_read_history_are_said_to(tmp_path):
    """They are drawn for an empty history."""
    inner = {"then": {"linear": LINEAR}}
    each = finalist(policy="crown-age", parameters=inner)
    of = spec(tmp_path, "[crown-age]")
    seen, _ = page(tmp_path, document([each]), of, [trial(of, {}, [0.001])])

    assert "crown-age, trial 0: these read public history, and are drawn for an empty one" in seen.text


def test_slices_show_parameters_and_not_shares(tmp_path):
    """The end of a linear decay is searched as a share of its start, and drawn as what it comes to."""
    of = spec(tmp_path, "[{linear: {start: {low: 0.001, high: 0.003, scale: linear}, end: {low: 0.0, high: 0.003}}}]")
    trials = [trial(of, {"linear.start": u, "linear.end_share": u}, [u]) for u in (0.0, 0.5, 1.0)]
    panel = slices(material(of, trials)).panels[0]
    titles = {key: ax["title"]["text"] for key, ax in panel.layout.items() if key.startswith("xaxis")}
    drawn = {titles[f"xaxis{trace['xaxis'][1:]}"]: trace for trace in panel.data}

    assert drawn["start"]["x"] == pytest.approx([0.001, 0.002, 0.003])
    assert drawn["end"]["x"] == pytest.approx([0.0, 0.5 * 0.002, 0.003])
    assert drawn["end"]["y"] == pytest.approx([0.0, 50.0, 100.0])


def test_shifts_begin_with_the_schedule_as_found(tmp_path):
    """A row for the finalist itself, then one for each number a quarter off."""
    moved = [{"value": value, "difference": finalist()["difference"]} for value in (0.00375, 0.00625)]
    sensitivity = {"worst": 0.002, "mean": 0.002, "robust": True, "numbers": {"start": moved}}
    (panel,) = shifts(
        StudyResults(spec(tmp_path), (), document([finalist(sensitivity=sensitivity)], 0), MANIFEST)
    ).panels

    assert panel.layout["yaxis"]["ticktext"] == ["as it was found", "start = 0.00375", "start = 0.00625"]
    assert not shifts(StudyResults(spec(tmp_path), (), document([finalist()]), MANIFEST)).panels


def test_numbers_are_as_people_write_them():
    """Four digits without an exponent, three with a sign for gains; a typographic minus; a dash for nothing."""
    assert [digits(v) for v in (14400.0, 82098.3, 0.0000452, 0.25, 0.0)] == ["14400", "82100", "0.0000452", "0.25", "0"]
    assert [signed(v) for v in (0.0012345, -2.0, 0.0, None, np.nan)] == ["+0.00123", "−2", "0", "–", "–"]
    assert make_measure("misallocation").gain(read_estimate({"mean": 0.05, "lo": None, "hi": None, "n": 1})) == (
        "+5 percentage points"
    )


def test_optuna_goes_on_as_loud_as_it_was(tmp_path):
    """Computing importances leaves Optuna's own level of messages alone."""
    of = spec(tmp_path, "[linear]")
    before = optuna.logging.get_verbosity()
    importances(material(of, [trial(of, {"linear.start": i / 9}, [float(i)]) for i in range(9)]).points)

    assert optuna.logging.get_verbosity() == before
