"""Checkpoints of a recording: written whole or not at all, read without running code that a file may hold."""

# ruff: noqa: PLC0415 - torch is imported where something is trained, and nowhere else
import io
import pickle
from pathlib import Path
from typing import Any

from experiments.files import write
from policies import InputError

FILE = "checkpoint.pt"
KEYS = {"recipe", "step", "weights", "optimiser", "losses", "seconds", "warnings"}


class CheckpointError(InputError):
    """A checkpoint is damaged, or belongs to another recording."""


def save(folder: Path, state: dict[str, Any]) -> None:
    """Keep the state of a recording; the one before is replaced when the new one is all on the disk."""
    import torch

    buffer = io.BytesIO()
    torch.save(state, buffer)
    write(folder / FILE, buffer.getvalue())


def load(folder: Path, recipe: str | None = None, device: str = "cpu") -> dict[str, Any] | None:
    """The last kept state, or `None` where there is none.

    Args:
        folder: of the checkpoint.
        recipe: digest of what is recorded; any if left out.
        device: where the weights are to be.

    Raises:
        CheckpointError: not a checkpoint, damaged, or of another recipe.
    """
    import torch

    path = folder / FILE
    if not path.exists():
        return None
    try:  # tensors and plain values only: nothing in the file is executed
        state = torch.load(path, map_location=device, weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError, ValueError, KeyError, OSError) as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise CheckpointError(f"{path} is damaged ({reason[:120]}); delete it to record from the beginning") from None
    if not isinstance(state, dict) or set(state) != KEYS:
        raise CheckpointError(f"{path} is not a checkpoint of steepest; delete it to record from the beginning")
    if recipe not in (None, state["recipe"]):
        raise CheckpointError(
            f"{path} belongs to a recording with other settings or another text; "
            f"give another --checkpoint folder, or delete it"
        )
    return state
