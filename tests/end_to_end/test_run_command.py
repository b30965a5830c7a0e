"""`run`, `replay` and `report` from the command line to the files."""

import json

import pyarrow.parquet as pq
import pytest
from command import steepest
from small_race import ROWS, recipe

from experiments.results.metrics import RACE_METRICS

FILES = [
    "curves.parquet",
    "emission.parquet",
    "events.parquet",
    "manifest.json",
    "metrics.parquet",
    "report.html",
    "spec.yaml",
]


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A folder with a recipe and a race in it."""
    folder = tmp_path_factory.mktemp("home")
    recipe(folder)
    return folder


@pytest.fixture(scope="module")
def first(home):
    """The first run of the recipe."""
    return steepest("run", "small.yaml", "--workers", 1, cwd=home)


def results(home, name="small"):
    """The only results folder of that name."""
    (folder,) = (home / "runs" / name).iterdir()
    return folder


def test_a_run_ends_well(home, first):
    """Exit code 0, a table of the lanes on standard output, nothing on standard error, and all files in one folder."""
    assert (first.returncode, first.stderr) == (0, "")
    assert "descent" in first.stdout
    assert "sn9-2025-03" in first.stdout
    assert "shield" in first.stdout
    folder = results(home)
    assert sorted(path.name for path in folder.iterdir()) == FILES
    assert f"runs/small/{folder.name}/report.html" in first.stdout


def test_json_is_one_document(home, first):
    """With --json standard output is the document and nothing else; what is there is not run again."""
    before = {path.name: path.read_bytes() for path in results(home).iterdir()}
    found = steepest("run", "small.yaml", "--json", cwd=home)
    assert (found.returncode, found.stderr) == (0, "")
    document = json.loads(found.stdout)
    assert {"run", "worlds", "failed", "lanes"} <= set(document)
    assert (document["worlds"], document["failed"], len(document["lanes"])) == (2, 0, 2)
    for lane in document["lanes"]:
        assert {"lane", "policy", "reward", "population", "parameters", "metrics"} <= set(lane)
        assert set(lane["metrics"]) == set(RACE_METRICS)
        assert all(set(value) == {"mean", "lo", "hi", "n"} for value in lane["metrics"].values())
    assert {path.name: path.read_bytes() for path in results(home).iterdir()} == before


def test_options_replace_the_recipes(home, first):
    """--policy, repeated, is the whole panel; --worlds and --seed win; results go to --runs."""
    found = steepest(
        "run",
        "small.yaml",
        "--policy",
        "linear: {start: 0.004}",
        "--policy",
        "sn9-2024-12/3B",
        "--worlds",
        3,
        "--seed",
        11,
        "--runs",
        "elsewhere",
        "--workers",
        1,
        "--json",
        cwd=home,
    )
    assert found.returncode == 0
    document = json.loads(found.stdout)
    assert document["run"].startswith("elsewhere/small/")
    assert [(lane["lane"], lane["metrics"]["crowns"]["n"]) for lane in document["lanes"]] == [
        ("linear start=0.004", 3),
        ("sn9-2024-12/3B", 3),
    ]
    manifest = json.loads((home / document["run"] / "manifest.json").read_text())
    assert (manifest["seed"], manifest["worlds"], manifest["baseline"]) == (11, 3, "linear start=0.004")
    assert "--seed 11" in manifest["command"]


def test_workers_and_force_change_nothing(home, first):
    """Run again by two processes, the tables keep their bytes."""
    folder = results(home)
    before = {path.name: path.read_bytes() for path in folder.glob("*.parquet")}
    found = steepest("run", "small.yaml", "--workers", 2, "--force", cwd=home)
    assert (found.returncode, found.stderr) == (0, "")
    assert {path.name: path.read_bytes() for path in folder.glob("*.parquet")} == before


def test_the_report_can_be_written_again(home, first):
    """`report` makes the same page out of the tables."""
    folder = results(home)
    page = (folder / "report.html").read_bytes()
    (folder / "report.html").unlink()
    found = steepest("report", folder, cwd=home)
    assert (found.returncode, found.stderr) == (0, "")
    assert found.stdout.strip() == str(folder / "report.html")
    assert (folder / "report.html").read_bytes() == page


def test_a_race_of_ones_own(home, first):
    """`replay FILE` puts a CSV through named policies, with the unit and pace that the options say."""
    (home / "mine.csv").write_text(ROWS.replace("# unit: nats\n", ""))
    found = steepest(
        "replay",
        "mine.csv",
        "--policy",
        "linear",
        "--unit",
        "bpb",
        "--days-per-day",
        0.5,
        "--worlds",
        2,
        "--workers",
        1,
        "--json",
        cwd=home,
    )
    assert (found.returncode, found.stderr) == (0, "")
    folder = results(home, "replay-mine")
    assert json.loads((folder / "manifest.json").read_text())["unit"] == "bpb"
    days = [row["day"] for row in pq.read_table(folder / "events.parquet").to_pylist() if row["kind"] == "submission"]
    assert max(days) < 1.5  # less than three days at half the pace


def test_without_noise_there_is_one_world(home, first):
    """Where nothing is random, worlds would be copies: one is run, and no interval is claimed."""
    quiet = (home / "small.yaml").read_text().replace("tail_days: 1", "tail_days: 1\n  noise: {paired: 0, common: 0}")
    (home / "quiet.yaml").write_text(quiet.replace("name: small", "name: quiet"))
    found = steepest("run", "quiet.yaml", "--json", cwd=home)
    assert found.returncode == 0
    area = json.loads(found.stdout)["lanes"][0]["metrics"]["descent_area"]
    assert (area["lo"], area["hi"], area["n"]) == (None, None, 1)
