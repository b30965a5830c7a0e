"""Where tests look for what is not in the repository."""

from pathlib import Path

BESIDE = Path(__file__).resolve().parents[2] / "shared"
"""Real logs and vectors stand beside the checkout; tests that read them skip where they are missing."""
