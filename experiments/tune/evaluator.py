"""Lanes in worlds, as numbers: what a search, a ranking and a final table all measure with."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from experiments.recipe.populations import in_populations
from experiments.tune.engine import Engine
from experiments.tune.ledger import Ledger, Row
from experiments.tune.work import Work
from sim.lanes import Lane
from sim.miners.population import Population
from sim.scenario import Scenario

Group = tuple[Sequence[Lane], Sequence[Scenario]]
"""Lanes, and the cases that they live in."""


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
    """

    ledger: Ledger
    engine: Engine
    populations: tuple[Population, ...]
    seed: int

    def measure(self, groups: Sequence[Group], worlds: Sequence[int]) -> list[Measured]:
        """The lanes of each group in these worlds of its cases; what all groups lack is computed side by side.

        Raises:
            InputError: a world does not fit into memory, or a strategy breaks the rules.
            ChildProcessError: workers were killed again and again.
            OSError: the results cannot be written.
        """
        asked = [self._asked(group, worlds) for group in groups]
        rows: dict[tuple[str, int], Row] = {}
        missing: list[Work] = []
        for work in (each for works in asked for each in works):
            there = self.ledger.read(work)
            rows |= {(work.key, world): row for world, row in there.items()}
            missing += work.split([world for world in worlds if world not in there], self.engine.workers)
        for work, found in self.engine.compute(missing):
            for world, row in found.items():
                self.ledger.add(work, world, row)
                rows[work.key, world] = row
        return [self._stacked(works, rows, len(lanes)) for works, (lanes, _) in zip(asked, groups, strict=True)]

    def _asked(self, group: Group, worlds: Sequence[int]) -> list[Work]:
        lanes, cases = group
        # names are given here, so that the same lanes are the same work whatever they were called
        numbered = [replace(lane, name=f"{i}") for i, lane in enumerate(lanes)]
        whole = in_populations(numbered, self.populations)
        return [Work(case, whole, self.seed, tuple(worlds)) for case in cases]

    def _stacked(self, works: Sequence[Work], known: Mapping[tuple[str, int], Row], lanes: int) -> Measured:
        places = [(work.case.name, world) for work in works for world in work.worlds]
        rows = [known[work.key, world] for work in works for world in work.worlds]
        shape = len(self.populations), lanes
        values = {
            name: np.stack([row.values[name].reshape(shape).T for row in rows], axis=-1) for name in rows[0].values
        }
        errors = tuple(next(self._faults(rows, i, lanes), None) for i in range(lanes))
        return Measured(values, np.array([name for name, _ in places]), np.array([n for _, n in places]), errors)

    def _faults(self, rows: Sequence[Row], lane: int, lanes: int) -> Iterator[str]:
        for row in rows:
            for place in range(lane, len(row.errors), lanes):
                if row.errors[place]:
                    yield str(row.errors[place]).strip().splitlines()[-1]
