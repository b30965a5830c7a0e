"""The command line: `steepest`; one file per group of commands."""

from experiments.cli.app import main

__all__ = ["main"]
