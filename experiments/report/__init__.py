"""The report of a run: one HTML file that needs no network."""

from experiments.report.assemble import build

__all__ = ["build"]
