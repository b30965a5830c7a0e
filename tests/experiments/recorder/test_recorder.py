"""The parts of the recorder: texts as symbols, models of a stated size, the optimisers and the learning rates."""

import math
import subprocess
import sys

import numpy as np
import pytest
import torch

from experiments.recorder import checkpoint, model, optim, text
from experiments.recorder.job import Job
from experiments.recorder.model import SIZES
from experiments.recorder.optim import SCHEDULES, learning_rates
from policies import InputError

STATED = {"k": 1e3, "m": 1e6}
JOB = {"name": "a", "size": "20k", "schedule": "cosine", "optimiser": "adamw", "tokens": 1e5}


def test_importing_the_recorder_does_not_import_torch():
    """torch is slow to import, and only those who record pay for it."""
    program = "import sys, experiments.recorder.recording, experiments.cli.record; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_a_text_becomes_its_bytes_with_a_separator_before_each_document():
    """Symbols 0 to 255 are bytes; 256 begins a document."""
    made = text.corpus("ab", [b"hi", "é".encode()])
    assert made.symbols.tolist() == [256, 104, 105, 256, 0xC3, 0xA9]
    assert made.documents == 2


def test_form_feeds_and_files_end_documents_and_only_text_counts(tmp_path):
    """A folder is read in the order of names, without hidden and binary files; CRLF is a line end."""
    (tmp_path / "b.txt").write_bytes(b"three\r\nlines")
    (tmp_path / "a.txt").write_bytes(b"one\ftwo\f\n")
    (tmp_path / "c.bin").write_bytes(b"\0\1")
    (tmp_path / ".hidden").write_bytes(b"no")
    warnings = []
    assert list(text.documents(tmp_path, warnings)) == [b"one", b"two", b"three\nlines"]
    assert warnings == ["files that are no text skipped: 1"]


def test_a_long_text_is_cut_at_blank_lines_and_nothing_is_lost(tmp_path):
    """A book in one file has parts, none shorter than 2 KiB but the last."""
    book = b"\n\n".join(b"%05d" % i * 100 for i in range(60))
    (tmp_path / "book.txt").write_bytes(book)
    parts = list(text.documents(tmp_path / "book.txt"))
    assert b"\n\n".join(parts) == book
    assert min(map(len, parts[:-1])) >= text.SHORT


def test_what_is_read_is_bounded(tmp_path, monkeypatch):
    """Text beyond the bound is left out, and that is said."""
    monkeypatch.setattr(text, "TEXT_BYTES", 1 << 20)
    (tmp_path / "a.txt").write_bytes(b"x" * (3 << 20))
    warnings = []
    assert sum(map(len, text.documents(tmp_path, warnings))) == 1 << 20
    assert warnings == [f"only the first 1 MiB of {tmp_path.name} were read"]


def test_held_out_documents_are_never_learnt_from():
    """The split goes by content: copies are on one side, one document in twenty is held out, order does not matter."""
    texts = [b"document %d" % (i % 3000) for i in range(4000)]
    training, held = text.split(texts)
    assert not set(training) & set(held)
    assert len(training) + len(held) == len(texts)
    assert abs(len(set(held)) / 3000 - 1 / 20) < 4 * math.sqrt(1 / 20 / 3000)
    assert set(text.split(reversed(texts))[1]) == set(held)


@pytest.mark.parametrize("name", SIZES)
def test_a_model_has_the_parameters_that_it_states(name):
    """The formula counts the weights, and the name says the count within 8%."""
    size = SIZES[name]
    assert sum(w.numel() for w in model.weights(size, 0).values()) == size.parameters
    stated = float(name[:-1]) * STATED[name[-1]]
    assert abs(size.parameters / stated - 1) < 0.08


def test_a_fresh_model_knows_nothing():
    """Its loss is that of guessing, ln 257, within a tenth."""
    windows = torch.randint(0, 256, (8, 33), generator=torch.Generator().manual_seed(0))
    loss, targets = model.nats(model.weights(SIZES["20k"], 0), SIZES["20k"], windows)
    assert targets == 8 * 32
    assert float(loss.detach()) / targets == pytest.approx(math.log(257), abs=0.1)


def test_a_model_cannot_see_what_comes():
    """The losses of the first targets do not change with what comes after them."""
    size = SIZES["20k"]
    weights = {
        n: w.detach() + 0.1 * torch.randn(w.shape, generator=torch.Generator().manual_seed(1))
        for n, w in model.weights(size, 0).items()
    }
    beginning, rest = torch.arange(9)[None], torch.full((1, 24), text.SEPARATOR)  # separators are no targets
    alone, longer = (float(model.nats(weights, size, w)[0]) for w in (beginning, torch.cat([beginning, rest], dim=1)))
    assert longer == pytest.approx(alone, rel=1e-5)


def test_separators_are_no_targets():
    """They are read and not counted, so a loss is per byte."""
    size = SIZES["20k"]
    assert model.nats(model.weights(size, 0), size, torch.tensor([[1, 256, 2, 256]]))[1] == 1


@pytest.mark.parametrize("shape", [(32, 32), (96, 32), (32, 128)])
def test_an_update_of_muon_is_nearly_orthogonal(shape):
    """Singular values of an update, over 0.2 rate sqrt(longest side), are near 1 (Jordan et al. 2024: 0.68 to 1.13)."""
    weights = {"0.up": torch.zeros(shape, requires_grad=True), "norm": torch.ones(3, requires_grad=True)}
    for weight in weights.values():
        weight.grad = torch.randn(weight.shape, generator=torch.Generator().manual_seed(0))
    optim.Optimiser(weights, "muon").step(1e-3)
    values = torch.linalg.svdvals(weights["0.up"].detach()) / (0.2e-3 * max(shape) ** 0.5)
    assert 0.6 < float(values.min()) < float(values.max()) < 1.3


@pytest.mark.parametrize("kind", optim.OPTIMISERS)
def test_an_update_has_the_size_of_the_learning_rate(kind):
    """Both optimisers move a matrix's entries by about the rate (Muon 0.2 of it), so one rate suits both."""
    weights = model.weights(SIZES["20k"], 0)
    before = {name: w.detach().clone() for name, w in weights.items()}
    for place, w in enumerate(weights.values()):
        w.grad = torch.randn(w.shape, generator=torch.Generator().manual_seed(place))
    optim.Optimiser(weights, kind).step(1e-3)
    moved = float((weights["0.up"].detach() - before["0.up"]).square().mean().sqrt())
    assert 0.15e-3 < moved < 1.2e-3
    assert all(w.grad is None for w in weights.values())


@pytest.mark.parametrize("name", SCHEDULES)
def test_learning_rates_rise_to_the_peak_and_never_again(name):
    """Warm-up over a twentieth of the steps, then no rise; a run of one step has a rate too."""
    rates = learning_rates(name, 100, 2e-3)
    assert rates.shape == (100,)
    assert rates[:5] == pytest.approx(2e-3 * np.arange(1, 6) / 5)
    assert (np.diff(rates[5:]) <= 0).all()
    assert learning_rates(name, 1, 2e-3)[0] > 0


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"size": "20kk"}, "did you mean '20k'"),
        ({"schedule": "cosin"}, "did you mean 'cosine'"),
        ({"optimiser": "sgd"}, "adamw"),
        ({"tokens": float("nan")}, "--tokens"),
        ({"tokens": 9}, "one step takes 2048"),
        ({"batch": 0}, "--batch"),
        ({"context": 1}, "--context"),
        ({"batch": 1 << 20}, "--batch"),
        ({"rate": -1.0}, "--lr"),
        ({"every": 0}, "--every"),
        ({"threads": 0}, "--threads"),
    ],
)
def test_a_job_that_cannot_be_done_is_refused_at_once(wrong, said):
    """The message names the option, the rule, and the nearest name."""
    with pytest.raises(InputError, match=said):
        Job(**{**JOB, **wrong})


@pytest.mark.parametrize("data", [b"", b"nonsense", b"PK\3\4" + bytes(100), b"\x80\x02]q\x00."])
def test_a_damaged_checkpoint_is_said(tmp_path, data):
    """The message names the file and what to do."""
    (tmp_path / checkpoint.FILE).write_bytes(data)
    with pytest.raises(checkpoint.CheckpointError, match=r"checkpoint\.pt .*delete it to record from the beginning"):
        checkpoint.load(tmp_path, "recipe")


class Bomb:
    """Calls a function when it is unpickled."""

    def __init__(self, mark):
        self.mark = mark

    def __reduce__(self):
        return (open, (str(self.mark), "w"))


def test_a_checkpoint_cannot_run_code(tmp_path):
    """A file that holds more than tensors and plain values is refused, and nothing in it is called."""
    torch.save({"recipe": Bomb(tmp_path / "mark")}, tmp_path / checkpoint.FILE)
    with pytest.raises(checkpoint.CheckpointError, match="damaged"):
        checkpoint.load(tmp_path, "recipe")
    assert not (tmp_path / "mark").exists()
