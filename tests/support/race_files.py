"""Files of races, and what the faults in them answer."""

from pathlib import Path

import pytest

from experiments.submissions import RaceError, read_race
from policies.errors import InputError

GOOD = "date,miner,loss\n2026-03-01,ann,3.5\n2026-03-02,bob,3.4\n"


def write(folder: Path, text: str | bytes, name: str = "race.csv") -> Path:
    """A file of that content."""
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def fault(path: Path, **options: object) -> str:
    """The message of the error that reading the file must end in."""
    with pytest.raises(RaceError) as caught:
        read_race(path, **options)
    assert isinstance(caught.value, InputError)
    assert "\n" not in str(caught.value)
    return str(caught.value)
