"""Where tests look for files."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
"""The repository."""

BESIDE = ROOT.parent / "shared"
"""Real logs and vectors stand beside the checkout; tests that read them skip where they are missing."""
