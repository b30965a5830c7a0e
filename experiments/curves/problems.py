"""The laws that can be fitted, and the problem of fitting one: what it predicts beside what was observed."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields, replace
from typing import Any

import numpy as np

from experiments.curves.reading import Finished, Observed
from policies.errors import InputError, nearest
from sim.traces.laws import published
from sim.traces.laws.published import Chinchilla
from sim.traces.laws.shapes import Annealing, MultiPower, changes, sums

MOST_POINTS, GROUPS = 64, 256
"""Points per curve that the multi-power law is fitted to, evenly spaced, and groups of changes: every point sees all
changes before it, and 256 groups are right to 0.0005 nats (computed)."""


@dataclass(frozen=True)
class Law:
    """A law that can be fitted. The constants to find are the first fields of its class, and all are positive."""

    kind: type[Any]
    method: str  #: of the class: the losses from all that does not depend on the constants
    low: tuple[float, ...]  #: bounds of the constants
    high: tuple[float, ...]
    starts: tuple[tuple[float, ...], ...]  #: constants at which the search begins

    @property
    def constants(self) -> tuple[str, ...]:
        """Their names."""
        return tuple(field.name for field in fields(self.kind)[: len(self.low)])


LAWS = {
    "annealing": Law(
        Annealing,
        "loss_of_sums",
        (0.1, 1e-3, 0.05, 1e-4),
        (20.0, 1e2, 2.0, 1e2),
        (*Annealing.PUBLISHED.values(), (2.0, 1.0, 0.3, 0.5)),
    ),
    "multipower": Law(
        MultiPower,
        "loss_of_changes",
        (0.1, 1e-3, 0.05, 1.0, 1e-3, 0.02, 0.01),  # sharpness near 0 is one law, a logarithm, for many drops
        (20.0, 1e2, 2.0, 1e5, 1e3, 5.0, 3.0),
        (*MultiPower.PUBLISHED.values(), (2.5, 0.6, 0.5, 300.0, 1.0, 0.4, 0.5)),
    ),
    "chinchilla": Law(
        Chinchilla,
        "loss",
        (0.05, 0.1, 0.02, 0.1, 0.02),
        (20.0, 1e7, 2.0, 1e8, 2.0),
        tuple(astuple(law)[:5] for law in published.LAWS.values()),
    ),
}


@dataclass(frozen=True, eq=False)
class Problem:
    """A law and the losses that it is fitted to."""

    law: str
    names: tuple[str, ...]  #: of the runs
    losses: list[np.ndarray]  #: observed, float64 `[points]` of each run
    inputs: list[tuple[Any, ...]]  #: of each run, what the law computes its losses from

    def predict(self, constants: np.ndarray) -> list[np.ndarray]:
        """The losses of each run under the law with these constants."""
        compute = getattr(LAWS[self.law].kind(*constants), LAWS[self.law].method)
        return [np.asarray(compute(*inputs)) for inputs in self.inputs]


def problem_of(law: str, observed: Sequence[Observed] | Finished) -> Problem:
    """The problem of fitting a law.

    Raises:
        InputError: the law is unknown, or what is given does not suit it.
    """
    if law not in LAWS:
        raise InputError(f"no law is called {law!r}; {nearest(law, LAWS)}", ("law",))
    runs: list[Any] = [observed] if isinstance(observed, Finished) else list(observed)
    losses, constants = sum(len(run.loss) for run in runs), len(LAWS[law].low)
    if losses <= constants:
        raise InputError(f"{losses} losses after the warm-up, but the {law} law has {constants} constants")
    if isinstance(observed, Finished) and law != "chinchilla":
        raise InputError(f"the {law} law is fitted to curves, not to finished runs")
    if not isinstance(observed, Finished) and law == "chinchilla":
        raise InputError("the chinchilla law is fitted to finished runs, not to curves")
    if law == "multipower":
        runs = [_thinned(run) for run in runs]
    names = tuple(run.name for run in runs)
    return Problem(law, names, [run.loss for run in runs], [_inputs(law, run) for run in runs])


def _inputs(law: str, run: Observed | Finished) -> tuple[Any, ...]:
    """What can be computed once, for it depends on no constant."""
    if isinstance(run, Finished):
        return run.parameters, run.tokens
    if law == "annealing":
        rising, falling = sums(run.rates)
        return rising[run.steps], falling[run.steps]
    return changes(run.rates, GROUPS), run.steps, np.cumsum(run.rates)[run.steps]


def _thinned(curve: Observed) -> Observed:
    count = min(MOST_POINTS, len(curve.steps))
    some = np.unique(np.round(np.linspace(0, len(curve.steps) - 1, count)).astype(int))
    return replace(curve, steps=curve.steps[some], loss=curve.loss[some])
