"""Policies of a stranger, in a file that only the test's own process can import."""

import os
from pathlib import Path

from policies import Policy
from policies.base import Parameter
from policies.epsilon.linear import Linear


class Flat(Policy):
    """The same advantage for ever, once more."""

    formula = "level"
    source = "a test"

    level = Parameter("the advantage", "fraction of loss", 0.0, 0.99, 0.005, (5e-4, 2e-2), "log", "level")

    def curve(self, age: float) -> float:
        """What `fixed` says."""
        return self.level


class Deadly(Linear):
    """Kills the process that asks; if `DEADLY_ONCE` names a file, only the first one, which makes the file."""

    def curve(self, age: float) -> float:
        """What `linear` says, to those that live."""
        once = os.environ.get("DEADLY_ONCE")
        if once is None or not Path(once).exists():
            if once is not None:
                Path(once).write_text("")
            os._exit(3)
        return super().curve(age)
