"""Lanes in worlds, as numbers: what a search, a ranking and a final table all measure with."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from experiments.populations import in_populations
from experiments.tune.engine import Engine
from experiments.tune.ledger import Ledger, Row
from experiments.tune.work import Work
from sim.lanes import Lane
from sim.miners.population import Population
from sim.scenario import Scenario


@dataclass(frozen=True)
class Measured:
    """What lanes came to.

    Attributes:
        values: by metric, float64 `[lanes, populations, worlds]`; NaN where a world failed.
        case: the scenario's case of each world, `[worlds]`.
        world: its number, int `[worlds]`.
        errors: the last line of the first error of each lane; None where there was none.
    """

    values: dict[str, np.ndarray]
    case: np.ndarray
    world: np.ndarray
    errors: tuple[str | None, ...]

    def but(self, lanes: Sequence[int]) -> "Measured":
        """The same for some lanes, by number."""
        some = list(lanes)
        return replace(
            self,
            values={name: value[some] for name, value in self.values.items()},
            errors=tuple(self.errors[i] for i in some),
        )


@dataclass(frozen=True)
class Evaluator:
    """Measures lanes in worlds, each world once, whoever asks and however often the program was stopped.

    Attributes:
        ledger: keeps what is done.
        engine: where it is computed.
        populations: each lane lives in all of them; the first is the one that objectives are measured in.
        seed: of all random streams.
        device: `numpy`, `torch` or `cuda`.
    """

    ledger: Ledger
    engine: Engine
    populations: tuple[Population, ...]
    seed: int
    device: str = "numpy"

    def measure(self, lanes: Sequence[Lane], cases: Sequence[Scenario], worlds: Sequence[int]) -> Measured:
        """All lanes in these worlds of all cases.

        Raises:
            InputError: a world does not fit into memory, or a strategy breaks the rules.
            ChildProcessError: workers were killed again and again.
            OSError: the results cannot be written.
        """
        # names are given here, so that the same lanes are the same work whatever they were called
        numbered = [replace(lane, name=f"{i}") for i, lane in enumerate(lanes)]
        whole = in_populations(numbered, self.populations)
        rows: dict[tuple[str, int], Row] = {}
        missing: list[Work] = []
        for case in cases:
            work = Work(case, whole, self.seed, tuple(worlds), self.device)
            there = self.ledger.read(work)
            rows |= {(case.name, world): row for world, row in there.items()}
            missing += work.split([world for world in worlds if world not in there], self.engine.workers)
        for work, found in self.engine.compute(missing):
            for world, row in found.items():
                self.ledger.add(work, world, row)
                rows[work.case.name, world] = row
        return self._stacked([(case.name, world, rows[case.name, world]) for case in cases for world in worlds], lanes)

    def _stacked(self, rows: list[tuple[str, int, Row]], lanes: Sequence[Lane]) -> Measured:
        shape = len(self.populations), len(lanes)
        values = {
            name: np.stack([row.values[name].reshape(shape).T for _, _, row in rows], axis=-1)
            for name in rows[0][2].values
        }
        errors = tuple(next(self._faults(rows, i, len(lanes)), None) for i in range(len(lanes)))
        case, world = np.array([name for name, _, _ in rows]), np.array([number for _, number, _ in rows])
        return Measured(values, case, world, errors)

    def _faults(self, rows: list[tuple[str, int, Row]], lane: int, lanes: int) -> Iterator[str]:
        for _, _, row in rows:
            for place in range(lane, len(row.errors), lanes):
                if row.errors[place]:
                    yield str(row.errors[place]).strip().splitlines()[-1]
