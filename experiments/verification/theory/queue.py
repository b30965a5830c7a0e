"""How long a submission waits for its score."""

from dataclasses import dataclass


def mm1_time(service: float, arrivals: float) -> float:
    """Mean time in an M/M/1 system, in the unit whose inverse the two rates have."""
    return 1.0 / (service - arrivals)


def md1_wait(service: float, arrivals: float) -> float:
    """Mean wait before the service of an M/D/1 system."""
    load = arrivals / service
    return load / (2.0 * service * (1.0 - load))


@dataclass(frozen=True)
class GatedServer:
    """The validator: a step evaluates the kept models and all that arrived during the step before.

    Attributes:
        kept: length of a step without arrivals, in hours.
        each: what an arrival adds, in hours.
        arrivals: submissions per hour, a Poisson process.
    """

    kept: float
    each: float
    arrivals: float

    @property
    def load(self) -> float:
        """Arrivals per arrival's worth of time; the queue is stable below 1."""
        return self.arrivals * self.each

    @property
    def mean_step(self) -> float:
        """Mean length of a step, in hours."""
        return self.kept / (1.0 - self.load)

    @property
    def step_variance(self) -> float:
        """Variance of a step's length, in hours^2."""
        return self.each**2 * self.arrivals * self.mean_step / (1.0 - self.load**2)

    @property
    def delay(self) -> float:
        """Mean hours from a submission to its score, at the end of the step after the one it arrives in.

        It arrives in a step of mean length E[C^2] / E[C], waits for half of it, and shares the next one with all others
        that came during that step.
        """
        seen = (self.step_variance + self.mean_step**2) / self.mean_step
        return seen / 2.0 + self.kept + self.each + self.load * seen
