"""The report: one file that works without a network, says what the results say, and runs nothing that it was given."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from race_results import DOOR, LANES, ROWS, WALL, store
from report_page import Page
from small_race import QUIET, lane

from experiments.report import build, origin, refresh
from experiments.report.looks import MOST
from experiments.results.store import Store, StoreError, write_table

HOSTILE_MINER, HOSTILE_LANE = "</script><img src=x onerror=alert(1)>", "<b>&\"' %{x}"


def report(folder, **changes):
    """The page of such a folder."""
    return Page(build(store(folder, **changes)).read_text(encoding="utf-8"))


def test_the_report_lies_beside_the_results(tmp_path):
    """`report.html` in the folder of the run, small enough to mail."""
    made = store(tmp_path)
    path = build(made)
    assert path == made.folder / "report.html"
    assert path.stat().st_size < 5.2e6


def test_an_incomplete_folder_has_no_report(tmp_path):
    """The error of the store, and nothing is written."""
    with pytest.raises(StoreError, match="no complete results"):
        build(Store(tmp_path))
    assert not list(tmp_path.iterdir())


def test_the_same_results_give_the_same_bytes(tmp_path):
    """No time, no random ids."""
    made = store(tmp_path)
    first = build(made).read_bytes()
    assert build(made).read_bytes() == first
    assert build(store(tmp_path / "again")).read_bytes() == first


def test_an_unchanged_report_is_not_written_again(tmp_path):
    """It is the same file, until a table, the manifest or the spec changes, or it is gone or no report."""
    made = store(tmp_path)
    path = refresh(made)

    def again():
        before = path.stat().st_mtime_ns if path.exists() else 0
        assert refresh(made) == path
        return path.stat().st_mtime_ns != before

    assert not again()
    for name in ("manifest.json", "spec.yaml"):
        (made.folder / name).write_text((made.folder / name).read_text() + "\n")
        assert (again(), again()) == (True, False)
    write_table(made.folder / "metrics.parquet", made.table("metrics"), small=False)
    assert (again(), again()) == (True, False)
    path.write_text("<html></html>")
    assert again()
    path.unlink()
    assert again()


def test_other_code_makes_another_report(tmp_path, monkeypatch):
    """What the page is made with counts as what it is made from."""
    made = store(tmp_path)
    before = refresh(made).stat().st_mtime_ns
    monkeypatch.setattr(origin, "_code", lambda: "another version")
    assert refresh(made).stat().st_mtime_ns != before


def test_all_our_code_behind_a_report_counts():
    """Whatever module of the harness a report imports is part of what it is made from."""
    ours = "(m.__file__ for n, m in sys.modules.items() if n[:11] == 'experiments')"
    program = f"import sys, experiments.report.run; print(*{ours})"
    used = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    here = Path(origin.__file__).parents[1]
    assert {Path(file) for file in used} <= {path for pattern in origin.CODE for path in here.glob(pattern)}


def test_nothing_is_fetched(tmp_path):
    """plotly.js is inside once, no element asks for an address, and the page forbids itself to ask for any."""
    page = report(tmp_path)
    addresses = [a[key] for _, a in page.tags for key in ("src", "href") if key in a]
    assert addresses
    assert all(address.startswith("#") for address in addresses)
    policy = next(a["content"] for tag, a in page.tags if a.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'")
    assert not {"link", "iframe", "img", "object"} & {tag for tag, _ in page.tags}


def test_the_table_has_every_lane(tmp_path):
    """One row per lane, the largest descent area first."""
    page = report(tmp_path, noise=QUIET)
    assert page.rows() == ["open door", "slope", "wall"]


def test_every_figure_is_there(tmp_path):
    """Five figures; ids are unique, links lead somewhere, and axes have titles."""
    page = report(tmp_path)
    ids = [a["id"] for _, a in page.tags if "id" in a]
    assert len(ids) == len(set(ids))
    assert {a["href"][1:] for tag, a in page.tags if tag == "a"} <= set(ids)
    assert {"table", "kings", "forest", "epsilon", "reigns", "emission", "method"} <= set(ids)
    assert all(figure["layout"]["xaxis"]["title"]["text"] for figure in page.figures)


def test_the_best_lane_is_named_with_its_interval(tmp_path):
    """The head says who was best, how much better than the baseline, and over how many worlds."""
    text = report(tmp_path, worlds=(0, 1, 2, 3)).text
    assert "open door followed the published descent most closely, more closely than the baseline wall." in text
    interval = r"\+[\d.]+ % \[\+[\d.]+, \+[\d.]+\] of the loss \(n = 4 worlds\)"
    assert re.search(rf"the paired difference to the baseline is {interval}", text)


def test_no_lane_beats_a_baseline_that_is_best(tmp_path):
    """Then the head says that, and counts those that are not told apart."""
    twin = lane({"fixed": {"epsilon": 0}}, "twin")
    text = report(tmp_path, lanes=(DOOR, WALL, twin)).text
    assert "No lane followed the published descent more closely than the baseline open door." in text
    assert "Of the 2 other lanes, 0 followed the descent more closely" in text
    assert "1 less closely, and 1 is not told apart from it." in text


def test_lanes_that_are_alike_are_drawn_once(tmp_path):
    """One policy and equal results: one line in pictures, two rows in the table."""
    page = report(tmp_path, lanes=(*LANES, lane({"fixed": {"epsilon": 0}}, "twin")))
    assert len(page.rows()) == 4
    assert "open door (+1 alike)" in page.names()
    assert "twin" not in page.names()


def test_one_world_gives_no_interval(tmp_path):
    """The page says so, claims nothing, and shows no NaN."""
    page = report(tmp_path, worlds=(0,))
    assert "one world per race, so there are no intervals" in page.text
    assert "without intervals this is no evidence" in page.text
    assert "±" not in page.text.replace("±0", "")
    assert not re.search(r"\bnan\b", page.text + json.dumps(page.figures), re.IGNORECASE)


def test_a_lane_without_crowns_has_an_empty_row(tmp_path):
    """A lane that never evaluated anything stands in the table with dashes, and in the pictures as having no king."""
    page = report(tmp_path, lanes=(*LANES, lane("linear", "asleep", delay=100_000)))
    assert "asleep" in page.rows()
    assert "Without any king: asleep." in page.text
    assert "no king" in json.dumps(page.figures)
    assert "–" in page.text
    assert not re.search(r"\bnan\b", page.text, re.IGNORECASE)


def test_failed_worlds_are_shown(tmp_path):
    """How many, which, and the first traceback; the others are counted without them, and a finished one is drawn."""
    page = report(tmp_path, worlds=(0, 1, 2), broken=(0,))
    assert "1 of 3 worlds failed" in page.text
    assert "small world 0" in page.text
    assert "Error: <i>world 0</i>" in page.text
    assert "details" in {tag for tag, _ in page.tags}
    assert "n = 2 worlds" in page.text
    assert "World 1 of 2:" in page.text


def test_a_run_that_failed_altogether_has_a_report(tmp_path):
    """It says that there is nothing to compare."""
    page = report(tmp_path, broken=(0, 1))
    assert "No world finished" in page.text
    assert len(page.rows()) == len(LANES)
    assert not re.search(r"\bnan\b", page.text + json.dumps(page.figures), re.IGNORECASE)


def test_names_cannot_become_markup(tmp_path):
    """Names of miners, lanes and races, and the question, are text wherever they stand."""
    rows = ((0, HOSTILE_MINER, 3.0), *ROWS[1:])
    lanes = (WALL, lane("linear", HOSTILE_LANE))
    page = report(
        tmp_path,
        rows=rows,
        lanes=lanes,
        name="<svg onload=alert(2)>",
        question="<u>?</u> </title>",
        worlds=(0, 1, 2),
        broken=(1,),
    )
    assert not {"img", "svg", "u"} & {tag for tag, _ in page.tags}
    assert not [key for _, a in page.tags for key in a if key.startswith("on")]
    assert HOSTILE_LANE in page.text
    assert HOSTILE_LANE in page.rows()
    assert "<u>?</u> </title>" in page.text
    assert "<svg onload=alert(2)>" in page.text
    assert not re.search(r"<(img|svg|b>&)", json.dumps(page.figures))
    templates = [trace.get("hovertemplate", "") for figure in page.figures for trace in figure["data"]]
    assert not [t for t in templates if "onerror" in t or "%{x}'" in t]


def test_pictures_stay_bounded_with_many_lanes(tmp_path):
    """The table has all lanes; pictures have a fixed number, the baseline among them, and say so."""
    lanes = [lane({"fixed": {"epsilon": 0.0005 * i}}, f"lane {i}") for i in range(MOST + 15)]
    page = report(tmp_path, lanes=lanes)
    assert len(page.rows()) == MOST + 15
    assert all(len(figure["data"]) <= MOST + 2 for figure in page.figures)
    assert "lane 0 ◂ baseline" in page.names()
    assert f"Drawn are {MOST} of {MOST + 15} different lanes" in page.text


def test_few_lanes_are_visible_at_once(tmp_path):
    """Where lines overlap, most lanes wait in the legend; the baseline does not."""
    lanes = [lane({"fixed": {"epsilon": 0.001 * i}}, f"lane {i}") for i in range(12)]
    page = report(tmp_path, lanes=lanes)
    kings = {trace["name"]: trace.get("visible", True) for trace in page.figures[0]["data"]}
    assert kings["lane 0 ◂ baseline"] is True
    assert 3 <= sum(v is True for n, v in kings.items() if n.startswith("lane")) <= 6


def test_unused_worlds_do_not_matter(tmp_path):
    """Rows of worlds that the pictures do not show cost no place in the page."""
    few, many = (build(store(tmp_path / str(n), worlds=tuple(range(n)))).stat().st_size for n in (2, 12))
    assert abs(many - few) < 3000
