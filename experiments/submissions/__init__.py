"""Submissions tables: files of dated losses, read into races."""

from experiments.submissions.limits import RaceError
from experiments.submissions.read import find, read_race, shipped

__all__ = ["RaceError", "find", "read_race", "shipped"]
