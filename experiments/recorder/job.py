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
    """One training run.

    Attributes:
        name: of the run; a curve's run is `NAME/EVALUATION`.
        size, schedule, optimiser: by name.
        tokens: bytes to see, rounded down to whole steps.
        batch: windows per step; context: bytes per window.
        rate: peak learning rate.
        seed: of weights and batches.
        every: steps between validations; the first and the last step are always measured.
        threads: of the CPU; another number may change the last bits of a loss.

    Raises:
        InputError: a name is unknown, or a number out of its range.
    """

    name: str
    size: str
    schedule: str
    optimiser: str
    tokens: float
    batch: int = 16
    context: int = 128
    rate: float = 1e-3
    seed: int = 0
    every: int = 50
    threads: int = 1

    def __post_init__(self) -> None:
        size_of(self.size)
        for option, value, known in (
            ("schedule", self.schedule, SCHEDULES),
            ("optimiser", self.optimiser, OPTIMISERS),
        ):
            if value not in known:
                raise InputError(f"--{option} {value!r} is not known; {nearest(value, known)}")
        for option, count in (("batch", self.batch), ("every", self.every), ("threads", self.threads)):
            if count < 1:
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
