"""Checkpoints that are damaged or hostile are refused."""

import pytest
import torch

from experiments.recorder import checkpoint


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
