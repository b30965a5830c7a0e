"""What is recorded: a frozen recipe of one training run."""

from dataclasses import dataclass
from math import inf

from experiments.recorder.model import size_of
from experiments.recorder.optim import OPTIMISERS, SCHEDULES
from policies import InputError
from policies.errors import nearest

MOST = 1 << 20
"""Bytes of one step; more would need many GiB for the logits alone."""


@dataclass(frozen=True)
class Job:
    """One training run; InputError: a name is unknown, or a number out of its range."""

    name: str  #: a curve's run is `NAME/EVALUATION`
    size: str
    schedule: str  #: of the learning rate
    optimiser: str
    tokens: float  #: bytes to see, rounded down to whole steps
    batch: int = 16  #: windows per step
    context: int = 128  #: bytes per window
    rate: float = 1e-3  #: peak learning rate
    seed: int = 0  #: of weights and batches
    every: int = 50  #: steps between validations; the first and the last step are always measured
    threads: int = 1  #: of the CPU; another number may change the last bits of a loss

    def __post_init__(self) -> None:
        size_of(self.size)
        for option, known in (("schedule", SCHEDULES), ("optimiser", OPTIMISERS)):
            if (value := getattr(self, option)) not in known:
                raise InputError(f"--{option} {value!r} is not known; {nearest(value, known)}")
        for option in ("batch", "every", "threads"):
            if (count := getattr(self, option)) < 1:
                raise InputError(f"--{option} is {count}, but it must be at least 1")
        if self.context < 2 or self.batch * self.context > MOST:
            raise InputError(
                f"--context is {self.context} and --batch {self.batch}, but a window has at least 2 bytes "
                f"and a step (batch times context) at most {MOST}"
            )
        if not 0 < self.rate < inf:
            raise InputError(f"--lr is {self.rate}, but 0 < lr must hold")
        if not self.batch * self.context <= self.tokens < inf:
            raise InputError(
                f"--tokens is {self.tokens:g}, but one step takes {self.batch * self.context} bytes "
                f"(batch times context): give at least that many"
            )

    @property
    def steps(self) -> int:
        """Updates of the whole run."""
        return int(self.tokens // (self.batch * self.context))
