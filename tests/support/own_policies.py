"""Policies as a user may write them, and one that cannot be compiled."""

from policies import Policy, start_epsilon

SLOPE = 1e-7


def bounded(value: float, least: float = 1e-4) -> float:
    """A function of the module, with a default."""
    return max(value, least)


class Own(Policy):
    """A policy of a user's."""

    formula = "falls with age"
    source = "this test"

    start = start_epsilon()

    def prepare(self) -> dict[str, float]:
        """A number that is computed once."""
        return {"half": self.start / 2.0}

    def fall(self, age: float, times: float = 1.0) -> float:
        """A method that others call."""
        return SLOPE * min(age, 1e5) * times

    def curve(self, age: float) -> float:
        """Falls from the start to a half."""
        return bounded(max(self.start - self.fall(age), self.half))


class Other(Own):
    """Another one, whose method of the same name takes more."""

    def fall(self, age: float, times: float = 2.0, more: float = 0.0) -> float:  # noqa: D102
        return SLOPE * min(age, 1e5) * times + more


class Stubborn(Own):
    """The same as `Own`, in a form that cannot be compiled."""

    def curve(self, age: float) -> float:  # noqa: D102
        try:
            return bounded(max(self.start - self.fall(age), self.half))
        except ZeroDivisionError:
            return 0.0
