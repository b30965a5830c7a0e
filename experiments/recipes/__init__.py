"""The shipped recipes, found by the folder they lie in."""

from pathlib import Path

FOLDER = Path(__file__).parent
"""Where the recipes lie, in a checkout and in an installed package alike."""
