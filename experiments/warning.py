"""Warnings as lines for whoever runs the program, without the file that they come from."""

import warnings


def say_plainly() -> None:
    """Print those of this process so."""
    warnings.formatwarning = lambda message, *_, **__: f"steepest: {message}\n"
