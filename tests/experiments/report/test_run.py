"""The page of a run says what its tables say, in every shape that a run can have."""

import json
import re

import pytest
from race_results import LANES
from report_page import Page, race_page, read_page, world_page
from small_world import world as small_world
from world_results import DEVIATING, MIXED, POLICIES
from world_results import store as world_store

from experiments.report import build
from experiments.results.answer import answer
from experiments.results.compare import compare
from experiments.results.store import Store
from experiments.run.experiment import run


def test_every_figure_is_there(tmp_path):
    """Five figures; ids are unique, links lead somewhere, and axes have titles."""
    page = race_page(tmp_path)
    ids = [a["id"] for _, a in page.tags if "id" in a]
    assert len(ids) == len(set(ids))
    assert {a["href"][1:] for tag, a in page.tags if tag == "a"} <= set(ids)
    assert {"table", "kings", "forest", "epsilon", "reigns", "emission", "method"} <= set(ids)
    assert all(figure["layout"]["xaxis"]["title"]["text"] for figure in page.figures)


def test_failed_worlds_are_shown(tmp_path):
    """How many, which, and the first traceback; the others are counted without them, and a finished one is drawn."""
    page = race_page(tmp_path, worlds=(0, 1, 2), broken=(0,))
    assert "1 of 3 worlds failed" in page.text
    assert "small world 0" in page.text
    assert "Error: <i>world 0</i>" in page.text
    assert "details" in {tag for tag, _ in page.tags}
    assert "2 of 3" in page.text
    assert "World 1 of 2:" in page.text


def test_failed_simulated_worlds_are_shown(tmp_path):
    """How many, which, and the first traceback; all numbers are of the others."""
    page = world_page(tmp_path, broken=(0,))
    assert "1 of 3 worlds failed" in page.text
    assert "small world 0" in page.text
    assert "Error: <i>world 0</i>" in page.text
    assert "over 2 worlds" in page.text
    assert "World 1." in page.text


def test_a_run_that_failed_altogether_has_a_report(tmp_path):
    """It says that there is nothing to compare."""
    page = race_page(tmp_path, broken=(0, 1))
    assert "No world finished" in page.text
    assert len(page.rows()) == len(LANES)
    assert not re.search(r"\bnan\b", page.text + json.dumps(page.figures), re.IGNORECASE)


def test_every_part_is_there(tmp_path):
    """The parts in their order; ids are unique, links lead somewhere, and axes say their units."""
    page = world_page(tmp_path, populations=MIXED, cases=("one", "other"))
    parts = ["table", "descent", "forest", "cases", "tradeoff", "pay", "epsilon", "reigns", "method"]
    assert page.sections() == parts
    ids = [a["id"] for _, a in page.tags if "id" in a]
    assert len(ids) == len(set(ids))
    assert {a["href"][1:] for tag, a in page.tags if tag == "a"} <= set(ids)
    assert all(
        "(" in f["layout"]["xaxis"]["title"]["text"] or "days" in str(f["layout"]["xaxis"]) for f in page.figures
    )


def test_parts_that_say_nothing_are_left_out(tmp_path):
    """One case, one strategy, no deviation: no figures of cases, pay and deviations, no columns of 0 or nothing."""
    page = world_page(tmp_path)
    assert not {"cases", "pay", "deviations"} & set(page.sections())
    assert "Dishonest share" not in page.text
    assert "IC gap" not in page.text.split("Definitions")[0].split("How it was computed")[0]


def test_cases_have_tables_and_curves_of_their_own(tmp_path):
    """A tab per case, and the whole first."""
    page = world_page(tmp_path, cases=("one", "other"))
    tabs = [a["aria-controls"] for tag, a in page.tags if tag == "button" and a.get("role") == "tab"]
    assert [tab for tab in tabs if tab.startswith("table")] == ["table-0", "table-1", "table-2"]
    assert [tab for tab in tabs if tab.startswith("descent")] == [f"descent-{i}" for i in range(4)]
    assert len(page.rows()) == 3 * len(POLICIES)
    assert "Means over 2 cases and 6 worlds (n); ± and “to” are 95 % intervals over worlds." in page.text


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
    page = world_page(tmp_path, **changes)
    assert page.sections()[0] == "table"
    assert page.sections()[-1] == "method"
    assert not re.search(r"\bnan\b", page.text + json.dumps(page.figures), re.IGNORECASE)


def test_a_run_has_a_report(tmp_path):
    """The tables of a real run are what the report reads."""
    spec = small_world(tmp_path, "  days: 10\n", "  days: 2\n")
    outcome = run(spec, tmp_path / "runs")
    page = Page(build(Store(outcome.folder)).read_text(encoding="utf-8"))
    assert set(page.rows()) == {"sn9-2025-03", "shield"}
    assert {"descent", "forest", "reigns", "epsilon"} <= set(page.sections())


def test_the_answer_comes_first(tmp_path):
    """The page begins with the sentences that the command line prints."""
    made = world_store(tmp_path, populations=MIXED)
    sentences = answer(compare(made).lanes, made.manifest())
    text = read_page(made).text
    assert " ".join(sentences) in text
    assert text.index(sentences[0]) < text.index("Descent")


def test_one_world_gives_no_interval(tmp_path):
    """The page says so, claims nothing, and shows no NaN, of a race and of a world."""
    page = race_page(tmp_path, worlds=(0,))
    assert "one world per race, so there are no intervals" in page.text
    assert "1 world is too few to tell any policy from wall" in page.text
    assert not re.search(r"\bnan\b", page.text + json.dumps(page.figures), re.IGNORECASE)
    text = world_page(tmp_path / "world", worlds=(0,)).text
    assert "1 world is too few to tell any policy from slope" in text
    assert "one world gives no intervals" in text
    for each in (page.text, text):
        assert "±" not in each.replace("±0", "").replace("± and", "")


def test_the_method_says_what_the_world_was(tmp_path):
    """Paired lanes, populations with their shares, what strategies do, all numbers of the scenario, the metrics."""
    text = world_page(tmp_path, populations=MIXED).text
    assert "common random numbers" in text
    assert "look up every 6 hours" in text
    assert "50 % honest, 25 % copycat, 25 % sniper" in text
    assert "hides a model until the decayed bar is below its gain" in text
    assert "validation.step_blocks150" in text
    assert "share of emission paid to strategies that do not try to make the loss fall" in text


def test_what_was_not_kept_has_no_figure(tmp_path):
    """Instead of a figure that says that nobody was king; the answer and the table need the metrics only."""
    page = world_page(tmp_path, populations=MIXED, keep=())
    assert page.sections() == ["table", "forest", "tradeoff", "epsilon", "method"]
    assert "The run did not keep events and curves and emission, so there are no figures of them." in page.text
    assert "Under door the loss falls faster than under slope" in page.text
