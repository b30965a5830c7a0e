"""Text that is there on every machine."""

from experiments.recorder.docstrings import PACKAGES, texts


def test_texts_are_there_on_every_machine():
    """A package gives its docstrings, the same each time."""
    first = next(texts("numpy"))
    assert first == next(texts("numpy"))
    assert set(PACKAGES) >= {"python", "numpy", "torch"}
