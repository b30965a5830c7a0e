"""The report of simulated worlds: what the page says is what the tables say, in every shape that a run can have."""

import json
import re

import numpy as np
import pytest
from report_page import Page, numbers
from small_world import world as small_world
from world_results import DAYS, MIXED, POLICIES, store

from experiments.report import build
from experiments.report.results import read
from experiments.report.text import percent
from experiments.results.estimate import estimate
from experiments.results.store import Store
from experiments.run.experiment import run

DEVIATING = {"honest": ["honest"] * 4, "honest + sniper": ["honest"] * 3 + ["sniper"]}
HOSTILE = "<img src=x onerror=alert(1)> %{x}"


def report(folder, **changes):
    """The page of such a folder."""
    return Page(build(store(folder, **changes)).read_text(encoding="utf-8"))


def sections(page):
    """The ids of the page's parts."""
    return [a["id"] for tag, a in page.tags if tag == "section"]


def rows(made, **wanted):
    """Rows of the metrics table."""
    return [row for row in made.table("metrics").to_pylist() if all(row[k] == v for k, v in wanted.items())]


def test_the_answer_comes_first(tmp_path):
    """Who is fastest, by how much with interval and n, for how many GPU hours."""
    made = store(tmp_path)
    text = Page(build(made).read_text(encoding="utf-8")).text
    area = {name: np.array([row["descent_area"] for row in rows(made, lane=name)]) for name in POLICIES}
    difference = percent(estimate(area["door"] - area["slope"], np.zeros(3)), sign=True)
    assert "door makes the loss fall fastest: averaged over 10 days" in text
    assert f"{difference} of the loss against the baseline slope (n = 3 worlds), with 2.00 million GPU hours" in text


def test_differences_are_to_the_baseline_in_the_same_population(tmp_path):
    """A crowd is not a policy's merit: every lane is paired with the baseline's policy among the same miners."""
    made = store(tmp_path, populations=MIXED)
    found = {lane.lane: lane.differences["descent_area"].mean for lane in read(made).lanes}
    for name in MIXED:
        area = {
            policy: np.mean([row["descent_area"] for row in rows(made, lane=f"{policy} | {name}")])
            for policy in POLICIES
        }
        assert found[f"door | {name}"] == pytest.approx(area["door"] - area["slope"])
        assert found[f"slope | {name}"] == 0


def test_who_gained_by_cheating_is_said(tmp_path):
    """The dishonest share of the miners and of the emission, under the fastest policy and the baseline."""
    made = store(tmp_path, populations=MIXED)
    text = Page(build(made).read_text(encoding="utf-8")).text
    share = percent(estimate(np.array([r["dishonest_share"] for r in rows(made, lane="door | mixed")]), np.zeros(3)))
    assert "In mixed, 50 % of the miners do not try to make the loss fall" in text
    assert f"{share} under door" in text
    assert "In honest, " not in text


def test_every_part_is_there(tmp_path):
    """The parts in their order; ids are unique, links lead somewhere, and axes say their units."""
    page = report(tmp_path, populations=MIXED, cases=("one", "other"))
    parts = ["table", "descent", "forest", "cases", "tradeoff", "pay", "epsilon", "reigns", "method"]
    assert sections(page) == parts
    ids = [a["id"] for _, a in page.tags if "id" in a]
    assert len(ids) == len(set(ids))
    assert {a["href"][1:] for tag, a in page.tags if tag == "a"} <= set(ids)
    assert all(
        "(" in f["layout"]["xaxis"]["title"]["text"] or "days" in str(f["layout"]["xaxis"]) for f in page.figures
    )


def test_parts_that_say_nothing_are_left_out(tmp_path):
    """One case, one strategy, no deviation: no figures of cases, pay and deviations, no columns of 0 or nothing."""
    page = report(tmp_path)
    assert not {"cases", "pay", "deviations"} & set(sections(page))
    assert "Dishonest share" not in page.text
    assert "IC gap" not in page.text.split("Definitions")[0].split("How it was computed")[0]


def test_the_table_shows_the_numbers_of_the_tables(tmp_path):
    """A cell sorts by the mean over worlds; a lane stands under its policy and its population."""
    made = store(tmp_path, populations=MIXED)
    page = Page(build(made).read_text(encoding="utf-8"))
    cells = [a["data-v"] for tag, a in page.tags if tag == "td" and "data-v" in a]
    for row in ("door | mixed", "wall | honest"):
        mean = np.mean([r["waste"] for r in rows(made, lane=row)])
        assert f"{mean:.9g}" in cells
    assert set(page.rows()) == {f"{policy} | {name}" for policy in POLICIES for name in MIXED}
    assert page.text.count("baseline") >= len(MIXED)


def test_curves_are_means_over_worlds(tmp_path):
    """Means at evenly spaced days: of the king's true losses, and of his lead over the baseline's, added up."""
    made = store(tmp_path)
    page = Page(build(made).read_text(encoding="utf-8"))
    table = made.table("curves").to_pylist()
    losses = np.array([r["king_loss"] for r in table if r["lane"] == "door"]).reshape(3, -1)
    line, against = (next(t for t in f["data"] if t["name"] == "door" and t["showlegend"]) for f in page.figures[:2])
    assert numbers(line["y"]) == pytest.approx(losses.mean(axis=0), rel=1e-6)
    assert line["x0"] == 0
    assert line["dx"] * (len(losses[0]) - 1) == DAYS
    base = np.array([r["king_loss"] for r in table if r["lane"] == "slope"]).reshape(3, -1)
    sums = np.cumsum(100 * np.log(base / losses), axis=1) / len(losses[0])
    assert numbers(against["y"]) == pytest.approx(sums.mean(axis=0), rel=1e-5, abs=1e-6)


def test_cases_have_tables_and_curves_of_their_own(tmp_path):
    """A tab per case, and the whole first."""
    page = report(tmp_path, cases=("one", "other"))
    tabs = [a["aria-controls"] for tag, a in page.tags if tag == "button" and a.get("role") == "tab"]
    assert [tab for tab in tabs if tab.startswith("table")] == ["table-0", "table-1", "table-2"]
    assert [tab for tab in tabs if tab.startswith("descent")] == [f"descent-{i}" for i in range(4)]
    assert len(page.rows()) == 3 * len(POLICIES)
    assert "Means over 2 cases and 6 worlds (n); ± and “to” are 95 % intervals over worlds." in page.text


def test_a_switch_of_the_data_is_a_line(tmp_path):
    """At the day when other data began to be judged; not where the contest began."""
    phases = [[0, {"name": "refinedweb", "weights": {}}], [36_000, {"name": "six-tasks", "weights": {}}]]
    page = report(tmp_path, data={"judging": {"phases": phases}})
    (line,) = page.figures[0]["layout"]["shapes"]
    assert line["x0"] == line["x1"] == 5.0
    assert page.figures[0]["layout"]["annotations"][0]["text"] == "judged on six-tasks"


def test_deviations_have_their_figure(tmp_path):
    """The mean IC gap of every policy; figures of crowds leave deviations out, the head says whether they pay."""
    made = store(tmp_path, populations=DEVIATING, deviants=("honest + sniper",))
    page = Page(build(made).read_text(encoding="utf-8"))
    assert "deviations" in sections(page)
    assert "of 3 pairs of a deviation and a policy, 3 pay, 0 cost the deviant" in page.text
    (dots,) = [t for f in page.figures for t in f["data"] if t.get("name") == "honest + sniper"]
    gaps = [
        np.mean([r["ic_gap"] for r in rows(made, lane=f"{p} | honest + sniper")]) for p in ("door", "wall", "slope")
    ]
    assert numbers(dots["x"]) == pytest.approx(gaps)
    tabs = [a["aria-controls"] for tag, a in page.tags if tag == "button" and a.get("role") == "tab"]
    assert [tab for tab in tabs if tab.startswith("descent")] == ["descent-0", "descent-1"]


def test_the_same_results_give_the_same_bytes(tmp_path):
    """No time, no random ids, no order by chance."""
    made = store(tmp_path, populations=MIXED, cases=("one", "other"))
    first = build(made).read_bytes()
    assert build(made).read_bytes() == first
    assert build(store(tmp_path / "again", populations=MIXED, cases=("one", "other"))).read_bytes() == first


def test_names_cannot_become_markup(tmp_path):
    """Names of policies, populations and cases, and the question, are text wherever they stand."""
    page = report(
        tmp_path,
        policies={"slope": POLICIES["slope"], HOSTILE: POLICIES["wall"]},
        populations={"honest": ["honest"] * 4, f"<u>{HOSTILE}": ["honest", "copycat", "sniper", "honest"]},
        cases=("<s>one", "<s>other"),
        worlds=(0, 1, 2),
        broken=(1,),
        kingless=(HOSTILE,),
        question="<u>?</u> </title>",
    )
    assert not {"img", "u", "s"} & {tag for tag, _ in page.tags}
    assert not [key for _, a in page.tags for key in a if key.startswith("on")]
    assert HOSTILE in page.text
    assert not re.search(r"<(img|u|s)\b", json.dumps(page.figures))
    templates = [trace.get("hovertemplate", "") for figure in page.figures for trace in figure["data"]]
    assert not [t for t in templates if "onerror" in t]


@pytest.mark.parametrize(
    "changes",
    [
        {"policies": {"slope": POLICIES["slope"]}, "worlds": (0,)},
        {"worlds": (0,), "populations": MIXED},
        {"kingless": tuple(POLICIES)},
        {"kingless": ("wall",), "populations": MIXED},
        {"broken": (0, 1, 2), "populations": MIXED, "cases": ("one", "other")},
        {"broken": (0,), "populations": DEVIATING, "deviants": ("honest + sniper",)},
        {"keep": (), "populations": MIXED},
        {"populations": {"all + odd": ["honest", "honest", "sniper"]}, "deviants": ("all + odd",)},
    ],
    ids=[
        "one lane, one world",
        "one world",
        "no crown",
        "a kingless lane",
        "all failed",
        "one failed",
        "metrics only",
        "deviants only",
    ],
)
def test_every_shape_has_a_page(tmp_path, changes):
    """No error, no warning, and no NaN, whatever is missing."""
    page = report(tmp_path, **changes)
    assert sections(page)[0] == "table"
    assert sections(page)[-1] == "method"
    assert not re.search(r"\bnan\b", page.text + json.dumps(page.figures), re.IGNORECASE)


def test_a_single_policy_is_no_comparison(tmp_path):
    """The head does not claim that it beats anybody."""
    assert "slope is the only policy:" in report(tmp_path, policies={"slope": POLICIES["slope"]}).text


def test_one_world_is_no_evidence(tmp_path):
    """The head says so, and nothing has an interval."""
    text = report(tmp_path, worlds=(0,)).text
    assert "but without intervals this is no evidence" in text
    assert "one world gives no intervals" in text
    assert "±" not in text.replace("± and", "")


def test_failed_worlds_are_shown(tmp_path):
    """How many, which, and the first traceback; all numbers are of the others."""
    page = report(tmp_path, broken=(0,))
    assert "1 of 3 worlds failed" in page.text
    assert "small world 0" in page.text
    assert "Error: <i>world 0</i>" in page.text
    assert "n = 2 worlds" in page.text
    assert "World 1." in page.text


def test_a_lane_without_a_king_is_named(tmp_path):
    """It has no line, and a sentence says so."""
    page = report(tmp_path, kingless=("wall",))
    assert "Without a king in some world: wall." in page.text
    assert "wall" not in {t.get("name") for t in page.figures[0]["data"]}
    assert "no king" in json.dumps(page.figures)


def test_what_was_not_kept_has_no_figure(tmp_path):
    """Instead of a figure that says that nobody was king; the answer and the table need the metrics only."""
    page = report(tmp_path, populations=MIXED, keep=())
    assert sections(page) == ["table", "forest", "tradeoff", "epsilon", "method"]
    assert "The run did not keep events and curves and emission, so there are no figures of them." in page.text
    assert "In mixed, 50 % of the miners do not try" in page.text


def test_the_method_says_what_the_world_was(tmp_path):
    """Paired lanes, populations with their shares, what strategies do, all numbers of the scenario, the metrics."""
    text = report(tmp_path, populations=MIXED).text
    assert "common random numbers" in text
    assert "look up every 6 hours" in text
    assert "50 % honest, 25 % copycat, 25 % sniper" in text
    assert "hides a model until the decayed bar is below its gain" in text
    assert "validation.step_blocks150" in text
    assert "share of emission paid to strategies that do not try to make the loss fall" in text


def test_a_run_has_a_report(tmp_path):
    """The tables of a real run are what the report reads."""
    spec = small_world(tmp_path, "  days: 10\n", "  days: 2\n")
    outcome = run(spec, tmp_path / "runs")
    page = Page(build(Store(outcome.folder)).read_text(encoding="utf-8"))
    assert set(page.rows()) == {"sn9-2025-03", "shield"}
    assert {"descent", "forest", "reigns", "epsilon"} <= set(sections(page))
