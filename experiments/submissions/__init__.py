"""Submissions tables: files of dated losses, read into races."""

from experiments.submissions.errors import RaceError
from experiments.submissions.read import read_race
from experiments.submissions.shelf import find, shipped

__all__ = ["RaceError", "find", "read_race", "shipped"]
