"""`steepest traces record`: from a text to a trace, and one message for what cannot be done."""

import pytest
from typer.testing import CliRunner

from experiments.cli.record import traces_app
from policies import InputError
from sim.traces.curve import read_library

SMALL = ["--size", "20k", "--tokens", "2000", "--batch", "4", "--context", "16", "--every", "10"]


def record(*words):
    """What the command does with these words."""
    return CliRunner().invoke(traces_app, ["record", *map(str, words)])


@pytest.fixture
def text(tmp_path):
    """A text of two hundred documents."""
    path = tmp_path / "text.txt"
    path.write_text("\f".join(f"this is document {n} of the text" for n in range(200)))
    return path


def test_a_trace_is_recorded_and_can_be_read(text, tmp_path):
    """Without --eval the held-out part is measured; the run is named by its settings."""
    out = tmp_path / "new" / "trace.parquet"
    result = record(text, *SMALL, "--out", out, "--seed", 3)
    assert result.exit_code == 0, result.output
    (curve,) = read_library(out)
    assert (curve.run, curve.dataset, curve.seed) == ("20k-cosine-adamw-text-s3/held-out", "held-out", 3)
    assert f"final loss {curve.final_loss:.4f} nats per byte" in result.output
    assert [path.name for path in out.parent.iterdir()] == ["trace.parquet"]


def test_each_evaluation_is_a_curve_and_none_of_it_is_learnt(text, tmp_path):
    """Named texts; documents that training shares with them are left out, and that is said."""
    (tmp_path / "other.txt").write_text("\f".join(f"this is document {n} of the text" for n in range(50)))
    result = record(
        text,
        *SMALL,
        "--out",
        tmp_path / "t.parquet",
        "--eval",
        f"a={tmp_path / 'other.txt'}",
        "--eval",
        f"b={tmp_path / 'other.txt'}",
        "--name",
        "mine",
        "--optimiser",
        "muon",
    )
    assert result.exit_code == 0, result.output
    curves = read_library(tmp_path / "t.parquet")
    assert [curve.run for curve in curves] == ["mine/a", "mine/b"]
    assert curves[0].warnings == ("documents of an evaluation left out of training: 50",)


def test_a_checkpoint_folder_makes_a_second_call_free(text, tmp_path):
    """The finished recording is not repeated: the same times."""
    words = [text, *SMALL, "--out", tmp_path / "t.parquet", "--checkpoint", tmp_path / "kept"]
    assert record(*words).exit_code == 0
    (first,) = read_library(tmp_path / "t.parquet")
    assert record(*words).exit_code == 0
    assert read_library(tmp_path / "t.parquet")[0].seconds.tolist() == first.seconds.tolist()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--size", "huge"], "--size 'huge' is not known; known: 20k"),
        (["--schedule", "none"], "--schedule 'none'"),
        (["--optimiser", "adam"], "did you mean 'adamw'"),
        (["--device", "tpu"], "known: cpu, cuda, auto"),
        (["--eval", "a"], "give NAME=PATH"),
        (["--eval", "a=/nowhere"], "no such file or folder"),
        (["--eval", "a=text.txt", "--eval", "a=text.txt"], "each name once"),
        (["--tokens", "nan"], "--tokens is nan"),
        (["--context", "9000", "--tokens", "1e6"], "text.txt has 5945 bytes"),
        (["--out", "."], "is a folder"),
        (["--eval", "a=text.txt"], "text.txt has 0 bytes"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_message(text, monkeypatch, words, said):
    """Wrong input is an InputError, which ends the command with exit code 2, and nothing is written."""
    monkeypatch.chdir(text.parent)
    result = record(text, *SMALL, *words)
    assert isinstance(result.exception, InputError), result.output
    assert said in str(result.exception)
    assert not (text.parent / "trace.parquet").exists()


@pytest.mark.parametrize(
    ("content", "said"), [(None, "no such file or folder"), (b"", "has 0 bytes"), (b"a\0b", "NUL bytes")]
)
def test_a_text_that_is_none_is_refused(tmp_path, content, said):
    """Missing, empty, or not text."""
    path = tmp_path / "text"
    if content is not None:
        path.write_bytes(content)
    result = record(path, *SMALL, "--out", tmp_path / "t.parquet")
    assert isinstance(result.exception, InputError)
    assert said in str(result.exception)


def test_an_unreadable_file_is_refused(text, monkeypatch):
    """A file that the system does not let us read is wrong input."""

    def denied(*args, **kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.open", denied)
    result = record(text, *SMALL)
    assert isinstance(result.exception, InputError)
    assert "cannot read" in str(result.exception)


def test_cuda_is_refused_where_there_is_none(text, monkeypatch):
    """The message says what to do."""
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    result = record(text, *SMALL, "--device", "cuda")
    assert isinstance(result.exception, InputError)
    assert "finds no CUDA device" in str(result.exception)


@pytest.mark.parametrize(
    ("more", "said"), [([], "nothing was kept"), (["--checkpoint", "kept"], "run it again to go on")]
)
def test_a_stopped_recording_says_how_to_go_on(text, monkeypatch, more, said):
    """Ctrl-C ends it with exit code 130 and one message."""

    def stopped(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr("experiments.recorder.recording.record", stopped)
    monkeypatch.chdir(text.parent)
    result = record(text, *SMALL, *more)
    assert result.exit_code == 130
    assert said in result.output
