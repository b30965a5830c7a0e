"""`run --explain WORLD LANE`: a timeline on standard output, and nothing else."""

import pytest
from command import refused, steepest
from small_race import recipe

from experiments.cli.explain import one_screen

WORLD = """\
name: little
scenario:
  kind: world
  days: 2
  miners: 4
  progress: {ideas: {per_day: 3}}
  cases: {slow: {}, quick: {days: 1}}
panel:
  - sn9-2025-03
  - {name: shield, policy: fixed}
worlds: 2
seed: 7
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A folder with a race and a world."""
    folder = tmp_path_factory.mktemp("home")
    recipe(folder)
    (folder / "little.yaml").write_text(WORLD, encoding="utf-8")
    return folder


def told(home, *arguments):
    """The lines of a timeline; nothing else was said, and nothing written."""
    before = sorted(home.rglob("*"))
    found = steepest("run", *arguments, "--full", cwd=home)
    assert (found.returncode, found.stderr) == (0, "")
    assert sorted(home.rglob("*")) == before
    return found.stdout.splitlines()


def test_a_world(home):
    """A lane by name in a world of the first case: head, founder, and the end at the horizon."""
    lines = told(home, "little.yaml", "--explain", 1, "shield")
    assert lines[0] == "slow, world 1, lane shield, 2.00 days, miners: 4 honest"
    assert lines[1].endswith("is king with loss 2.4500: the public model stands under its name")
    assert lines[-1].startswith("  14400  day   2.00  ends: m")
    blocks = [int(line[:7]) for line in lines[1:]]
    assert blocks == sorted(blocks)


def test_a_case_and_a_lane_by_number(home):
    """CASE:WORLD is a world of that case, and lanes count from 0."""
    lines = told(home, "little.yaml", "--explain", "quick:0", 0)
    assert lines[0] == "quick, world 0, lane sn9-2025-03, 1.00 days, miners: 4 honest"


def test_a_race(home):
    """A race is told by its own submissions."""
    lines = told(home, "small.yaml", "--explain", 0, "shield")
    assert lines[0] == "small, lane shield, 4 submissions, 3.17 days"
    assert "      0  day   0.00  ann submits #0 with loss 3.0000" in lines
    assert told(home, "small.yaml", "--explain", "small:0", 1) == lines


def test_overrides_count(home):
    """The panel, the number of worlds and the seed are those of the command line."""
    lines = told(
        home, "little.yaml", "--explain", 5, "linear", "--worlds", 6, "--policy", "linear", "--seed", 3, "--workers", 1
    )
    assert lines[0].startswith("slow, world 5, lane linear, ")


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        ("little.yaml", (2, "shield"), "'2' names no world of slow; give a number from 0 to 1"),
        ("little.yaml", ("one", "shield"), "'one' names no world of slow"),
        ("little.yaml", ("-1", "shield"), "'-1' names no world of slow"),
        ("little.yaml", ("quik:0", "shield"), "there is no case or race 'quik'; did you mean 'quick'?"),
        ("little.yaml", ("quick:2", "shield"), "'quick:2' names no world of quick"),
        ("little.yaml", (0, "shiled"), "there is no lane 'shiled'; did you mean 'shield'? (or a number from 0 to 1)"),
        ("little.yaml", (0, 2), "there is no lane '2'; known: sn9-2025-03, shield"),
        ("small.yaml", (7, "shield"), "'7' names no world of small; give a number from 0 to 1"),
    ],
)
def test_what_is_not_there(home, name, arguments, said):
    """A world, case or lane that does not exist: exit code 2, one line, with the nearest name."""
    assert said in refused(steepest("run", name, "--explain", *arguments, cwd=home))


def test_no_document(home):
    """A timeline is no JSON."""
    assert "leave --json out" in refused(steepest("run", "small.yaml", "--explain", 0, 0, "--json", cwd=home))


def test_one_screen():
    """A short timeline is whole; of a long one there are the crowns that began the longest reigns, in their order."""
    begins = [0, *(10 * n * n for n in range(1, 40))]
    crowns = [f"{block:7}  day   0.00  m{block} is king with loss 2.0" for block in begins]
    lines = ["head", *(line for crown in crowns for line in (crown, crown.replace("is king with loss", "submits")))]
    assert one_screen(lines[:24]) == lines[:24]
    told_all = "80 events, 40 crowns; these began the longest reigns, --full tells all"
    assert one_screen(lines) == ["head", *crowns[-23:-1], told_all]


def test_without_full_it_is_one_screen(home):
    """No line is new."""
    shown = steepest("run", "small.yaml", "--explain", 0, 0, cwd=home).stdout.splitlines()
    assert set(shown[:-1]) < set(told(home, "small.yaml", "--explain", 0, 0))
