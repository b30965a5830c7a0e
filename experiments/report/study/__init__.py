"""The report of a study: what the search found, and what of it held up."""

from experiments.report.study.assemble import build

__all__ = ["build"]
