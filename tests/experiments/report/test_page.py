"""The page: one file that works without a network and runs nothing that it was given."""

import json
import re

import pytest
from race_results import ROWS, WALL
from race_results import store as race_store
from report_page import race_page, world_page
from small_race import lane
from world_results import MIXED, POLICIES
from world_results import store as world_store

from experiments.report import build
from experiments.results.store import Store, StoreError

SCRIPT, HOSTILE = "</script><img src=x onerror=alert(1)>", "<b>&\"' %{x}"
HOSTILE_POLICY = "<img src=x onerror=alert(1)> %{x}"


def test_the_report_lies_beside_the_results(tmp_path):
    """`report.html` in the folder of the run, small enough to mail."""
    made = race_store(tmp_path)
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
    made = race_store(tmp_path)
    first = build(made).read_bytes()
    assert build(made).read_bytes() == first
    assert build(race_store(tmp_path / "again")).read_bytes() == first


def test_the_same_worlds_give_the_same_bytes(tmp_path):
    """No time, no random ids, no order by chance."""
    made = world_store(tmp_path, populations=MIXED, cases=("one", "other"))
    first = build(made).read_bytes()
    assert build(made).read_bytes() == first
    assert build(world_store(tmp_path / "again", populations=MIXED, cases=("one", "other"))).read_bytes() == first


def test_names_cannot_become_markup(tmp_path):
    """Names of miners, lanes and races, and the question, are text wherever they stand."""
    rows = ((0, SCRIPT, 3.0), *ROWS[1:])
    lanes = (WALL, lane("linear", HOSTILE))
    page = race_page(
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
    assert HOSTILE in page.text
    assert HOSTILE in page.rows()
    assert "<u>?</u> </title>" in page.text
    assert "<svg onload=alert(2)>" in page.text
    assert not re.search(r"<(img|svg|b>&)", json.dumps(page.figures))
    templates = [trace.get("hovertemplate", "") for figure in page.figures for trace in figure["data"]]
    assert not [t for t in templates if "onerror" in t or "%{x}'" in t]


def test_names_of_worlds_cannot_become_markup(tmp_path):
    """Names of policies, populations and cases, and the question, are text wherever they stand."""
    page = world_page(
        tmp_path,
        policies={"slope": POLICIES["slope"], HOSTILE_POLICY: POLICIES["wall"]},
        populations={"honest": ["honest"] * 4, f"<u>{HOSTILE_POLICY}": ["honest", "copycat", "sniper", "honest"]},
        cases=("<s>one", "<s>other"),
        worlds=(0, 1, 2),
        broken=(1,),
        kingless=(HOSTILE_POLICY,),
        question="<u>?</u> </title>",
    )
    assert not {"img", "u", "s"} & {tag for tag, _ in page.tags}
    assert not [key for _, a in page.tags for key in a if key.startswith("on")]
    assert HOSTILE_POLICY in page.text
    assert not re.search(r"<(img|u|s)\b", json.dumps(page.figures))
    templates = [trace.get("hovertemplate", "") for figure in page.figures for trace in figure["data"]]
    assert not [t for t in templates if "onerror" in t]


def test_nothing_is_fetched(tmp_path):
    """plotly.js is inside once, no element asks for an address, and the page forbids itself to ask for any."""
    page = race_page(tmp_path)
    addresses = [a[key] for _, a in page.tags for key in ("src", "href") if key in a]
    assert addresses
    assert all(address.startswith("#") for address in addresses)
    policy = next(a["content"] for tag, a in page.tags if a.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'")
    assert not {"link", "iframe", "img", "object"} & {tag for tag, _ in page.tags}


def test_unused_worlds_do_not_matter(tmp_path):
    """Rows of worlds that the pictures do not show cost no place in the page."""
    few, many = (build(race_store(tmp_path / str(n), worlds=tuple(range(n)))).stat().st_size for n in (2, 12))
    assert abs(many - few) < 3000
