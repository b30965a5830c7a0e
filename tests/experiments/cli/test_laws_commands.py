"""`steepest traces synth` and `fit` from the command line."""

import json

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from experiments.cli import laws
from policies.errors import InputError
from sim.traces.curve import read_library
from sim.traces.laws.published import law

RECIPE = ("--parameters", "124e6", "--tokens", "10e9")


@pytest.fixture(scope="module")
def app():
    """The commands below `traces`, as the command line has them."""
    top = typer.Typer()
    top.add_typer(laws.traces_app, name="traces")
    return top


@pytest.fixture
def call(app):
    """Run a command and return what it prints; its errors are raised."""

    def run(*arguments):
        done = CliRunner().invoke(app, ["traces", *map(str, arguments)], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.output

    return run


def test_the_example_of_the_help(call, tmp_path):
    """Four seeds of one recipe become a library of four curves that end near the law."""
    out = tmp_path / "synth.parquet"
    said = call("synth", *RECIPE, "--schedule", "cosine", "--dataset", "refinedweb", "--gpu", "h100", "--gpus", 8,
                "--seeds", 4, "--out", out)  # fmt: skip
    found = read_library(out)
    assert [curve.seed for curve in found] == [0, 1, 2, 3]
    assert len({curve.run for curve in found}) == 4
    assert np.mean([curve.final_loss for curve in found]) == pytest.approx(
        float(law("refinedweb").loss(124e6, 10e9)), abs=0.003
    )
    assert "4 synthesised curves, 200 points each" in said
    assert "nothing here was measured" in said


def test_synth_as_json(call, tmp_path):
    """One document and nothing else, with every curve's end."""
    found = json.loads(call("synth", *RECIPE, "--seeds", 2, "--out", tmp_path / "s.parquet", "--json"))
    assert [curve["seed"] for curve in found["curves"]] == [0, 1]
    assert found["curves"][0]["final_loss"] == read_library(tmp_path / "s.parquet")[0].final_loss
    assert found["curves"][0]["hours"] == pytest.approx(0.85, abs=0.02)


@pytest.mark.parametrize("given", [
    ("--dataset", "c4"), ("--judged-on", "code"), ("--schedule", "wsd"), ("--law", "multipower"), ("--gpu", "a100"),
    ("--gpus", 16), ("--tokens-per-step", 1e6), ("--warmup", 500), ("--end", 0.3), ("--points", 50),
    ("--kind", "train"), ("--no-noise",), ("--failure", "nan"), ("--seed", 7), ("--schedule", "wsd", "--start", 9000),
], ids=str)  # fmt: skip
def test_every_option_does_something(call, tmp_path, given):
    """Flipping an option changes the curve."""
    kinds = []
    for name, more in (("a", given[:2] if "--start" in given else ()), ("b", given)):
        call("synth", *RECIPE, *more, "--out", tmp_path / f"{name}.parquet")
        curve = read_library(tmp_path / f"{name}.parquet")[0]
        kinds.append([curve.loss.tolist(), curve.seconds.tolist()])
    assert kinds[0] != kinds[1]


def test_a_diverged_run_has_no_final_loss(call, tmp_path):
    """NaN is null in JSON, and words say that no run came to its end."""
    call("synth", *RECIPE, "--failure", "nan", "--out", tmp_path / "s.parquet")
    assert "no run came to its end" in call("synth", *RECIPE, "--failure", "nan", "--out", tmp_path / "s.parquet")
    found = json.loads(call("synth", *RECIPE, "--failure", "nan", "--out", tmp_path / "s.parquet", "--json"))
    assert found["curves"][0]["final_loss"] is None
    assert found["curves"][0]["flags"] == ["diverged"]


@pytest.fixture
def library(call, tmp_path):
    """Synthesised curves under two schedules, and one to predict."""
    for schedule in ("cosine", "constant", "wsd"):
        call("synth", *RECIPE, "--schedule", schedule, "--out", tmp_path / f"{schedule}.parquet")
    return tmp_path


def test_fit_and_predict_a_library(call, library):
    """Synthesised shapes are the law's: an unseen schedule comes out to 0.005 nats; the file is the document."""
    out = library / "fit.json"
    found = json.loads(call("fit", library / "cosine.parquet", library / "constant.parquet", "--law", "annealing",
                            "--predict", library / "wsd.parquet", "--skip", 0.2, "--resamples", 20, "--out", out,
                            "--json"))  # fmt: skip
    assert found == json.loads(out.read_text())
    assert found["predicted"][0]["rmse"] < 0.005
    assert set(found["constants"]) == {"floor", "scale", "exponent", "drop"}
    assert all(c["low"] <= c["high"] for c in found["constants"].values())
    assert "20 bootstrap samples of blocks" in found["method"]


def test_fit_in_words(call, library):
    """Constants with intervals, and a table of what was seen and what was not."""
    said = call("fit", library / "cosine.parquet", "--law", "annealing", "--predict", library / "wsd.parquet",
                "--resamples", 5)  # fmt: skip
    assert said.startswith("annealing law: ")
    for words in ("95 % interval", "fitted to", "not seen by the fit", "exponent"):
        assert words in said
    assert " -" in call("fit", library / "cosine.parquet", "--law", "annealing", "--resamples", 0)


def test_fit_a_table_of_finished_runs(call, tmp_path):
    """Chinchilla's law from a table with sizes, tokens and losses, and against another one of two rows."""
    rows = ["n_params,tokens,loss,set"]
    for n in (1e8, 1e9, 1e10):
        rows += [f"{n:g},{d:g},{1.9 + 80 / n**0.23 + 350 / d**0.29:.6f},a" for d in (1e9, 1e10, 1e11)]
    path = tmp_path / "runs.csv"
    path.write_text("\n".join([*rows, "1e9,1e10,9.9,b"]) + "\n")
    few = tmp_path / "few.csv"
    few.write_text("\n".join([rows[0], rows[2], rows[6]]) + "\n")
    found = json.loads(call("fit", path, "--law", "chinchilla", "--where", "set=a", "--predict", few, "--resamples", 3,
                            "--json"))  # fmt: skip
    assert found["points"] == 9
    assert found["constants"]["data_exponent"]["value"] == pytest.approx(0.29, abs=0.002)
    assert found["predicted"][0]["points"] == 2
    assert found["predicted"][0]["rmse"] < 1e-4


@pytest.mark.parametrize(("arguments", "words"), [
    (("synth", *RECIPE, "--dataset", "refined", "--out", "x"), "did you mean 'refinedweb'"),
    (("synth", *RECIPE, "--kind", "trian", "--out", "x"), "did you mean 'train'"),
    (("synth", *RECIPE, "--seeds", 0, "--out", "x"), "between 1 and"),
    (("fit", "nothing.csv", "--law", "anealing"), "did you mean 'annealing'"),
    (("fit", "nothing.csv", "--law", "annealing", "--where", "x"), "COLUMN"),
])  # fmt: skip
def test_wrong_input_is_an_input_error(app, arguments, words):
    """Misspelt names and impossible numbers are answered with the rule or the nearest name, and nothing is written."""
    with pytest.raises(InputError, match=words):
        CliRunner().invoke(app, ["traces", *map(str, arguments)], catch_exceptions=False)
