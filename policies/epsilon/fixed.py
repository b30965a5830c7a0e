"""A fixed advantage."""

from policies.base import Parameter, Policy


class Fixed(Policy):
    """The earlier model keeps its advantage for as long as it stands.

    The simplest protection against copies, and the baseline: SN9 ran it until September 2024.
    """

    formula = "epsilon"
    source = "SN9 commits 2c5803f (2023-11-17, 0.01) and 972950a (2024-01-02, 0.005)"
    fails = "stalls once no step is larger than epsilon; near misses block better models; work is done twice"

    level = Parameter("the advantage", "fraction of loss", 0.0, 0.99, 0.005, (5e-4, 2e-2), "log", "epsilon")

    def curve(self, age: float) -> float:
        """The same at every age."""
        return self.level
