"""The report of a run: one HTML file that needs no network."""

from experiments.report.build import build

__all__ = ["build"]
