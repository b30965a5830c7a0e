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
    """Drop the messages of loggers below a level within the block."""
    levels = {each: each.level for each in map(logging.getLogger, loggers)}
    for each in levels:
        each.setLevel(below)
    try:
        yield
    finally:
        for each, level in levels.items():
            each.setLevel(level)
