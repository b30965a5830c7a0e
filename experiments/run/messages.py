"""What libraries print beside this program's own messages: plain warnings, and no logs of lost connections."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager


def say_plainly() -> None:
    """Print the warnings of this process as one line each, without the file that they come from."""
    warnings.formatwarning = lambda message, *_, **__: f"steepest: {message}\n"


@contextmanager
def silence(*loggers: str, below: int = logging.CRITICAL + 1) -> Iterator[None]:
    """Drop the messages below a level of loggers, by name, within the block."""
    found = [logging.getLogger(name) for name in loggers]
    before = [each.level for each in found]
    for each in found:
        each.setLevel(below)
    try:
        yield
    finally:
        for each, level in zip(found, before, strict=True):
            each.setLevel(level)
