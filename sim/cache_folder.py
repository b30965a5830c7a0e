"""The folder for what is computed once and kept: `$STEEPEST_CACHE`, else `$XDG_CACHE_HOME/steepest`."""

import os
from pathlib import Path


def root() -> Path | None:
    """The folder: `$STEEPEST_CACHE`, else `$XDG_CACHE_HOME/steepest`, else `~/.cache/steepest`; None without a home."""
    given = os.environ.get("STEEPEST_CACHE")
    if given:
        return Path(given)
    home = os.environ.get("XDG_CACHE_HOME")
    try:
        return (Path(home) if home else Path.home() / ".cache") / "steepest"
    except RuntimeError:  # nobody's home
        return None
