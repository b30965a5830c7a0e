"""Let all lanes that play go through their rounds, side by side, to the mixes where they settle."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from experiments.play.mixes import Lanes, count_miners
from experiments.play.replicator import first_mix, least_share, movement, next_mix, settled_mix
from experiments.play.rounds import Rounds, RoundTask, mean_pay, world_numbers
from experiments.recipe.play import EVEN, Players
from experiments.recipe.recipe import Spec
from experiments.results.rounds import FILE
from experiments.run.pool import Pool, open_pool
from policies import InputError
from sim.lanes import Lane
from sim.miners.population import Population
from sim.scenario import Scenario

Progress = Callable[[int, int], None]  #: called with (worlds done, worlds to do)


@dataclass
class Game:
    """A lane that plays in a case.

    Attributes:
        case, lane, players: where, which, and by which rules.
        mixes: the first, and that after each round so far, each `[strategies]`.
    """

    case: Scenario
    lane: Lane
    players: Players
    mixes: list[np.ndarray] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Take the start."""
        favourite = None if self.players.start == EVEN else self.players.names.index(self.players.start)
        self.mixes = [first_mix(len(self.players.mix), favourite, self._least)]

    @property
    def _least(self) -> float:
        return min(least_share(self.case.miners), 1.0 / len(self.players.mix))

    def advance(self, pay: np.ndarray) -> None:
        """Add the mix after a round in which each strategy was paid this, `[strategies]`."""
        self.mixes.append(next_mix(self.mixes[-1], pay, len(self.mixes) - 1, self._least))

    def in_mix(self, mix: np.ndarray) -> Lane:
        """The lane with a population of that mix, `[strategies]`."""
        parts = tuple(zip(self.players.strategies, mix.tolist(), strict=True))
        return replace(self.lane, population=Population(self.players.name, parts))

    def settled_lane(self) -> Lane:
        """The lane in the mix where it has settled."""
        return self.in_mix(settled_mix(np.stack(self.mixes)))

    @property
    def moved(self) -> float | None:
        """By how much the share moved that moved most in the last third of the rounds; None if these are too few."""
        moved = float(movement(np.stack(self.mixes)))
        return moved if np.isfinite(moved) else None

    def rows(self, pay: np.ndarray, worlds: int) -> Iterator[dict[str, Any]]:
        """The rows of the last round, see `experiments.results.rounds`."""
        lane = self.in_mix(self.mixes[-2])
        count = count_miners(lane, self.case.miners)
        for k, strategy in enumerate(self.players.names):
            yield {
                "race": self.case.name,
                "lane": self.lane.name,
                "round": len(self.mixes) - 2,
                "strategy": strategy,
                "share": float(self.mixes[-2][k]),
                "miners": count[strategy],
                "pay": float(pay[k]) if np.isfinite(pay[k]) else None,
                "worlds": worlds,
                "after": float(self.mixes[-1][k]),
            }


def settle(spec: Spec, folder: Path, workers: int, progress: Progress) -> list[Game]:
    """Play the rounds that the folder lacks, and keep each as it is done; the games of all lanes that play.

    Args:
        spec: the experiment.
        folder: of its results.
        workers: processes; the results are the same for any number.
        progress: called after each pass of a round.

    Raises:
        InputError: a world does not fit into memory, or a strategy breaks the rules.
        OSError: the rounds cannot be written.
        ChildProcessError: worker processes were killed again and again.
    """
    games, kept = games_of(spec), Rounds(folder)
    rounds = max(game.players.rounds for game in games)
    total = sum(worlds * max(1, len(group)) for n in range(rounds) for _, worlds, group in _groups(_select(games, n)))
    done = 0
    with open_pool(min(workers, max(game.players.worlds for game in games) * len(spec.scenarios))) as pool:
        for number in range(rounds):
            rows: list[dict[str, Any]] = []
            asked = _select(games, number)
            missing = [game for game in asked if kept.pay(game.case.name, game.lane.name, number) is None]
            for case, worlds, group in _groups(asked):
                if any(game in missing for game in group):
                    rows += _play(case, group, number, worlds, spec.recipe.seed, pool)
                else:
                    _replay(group, kept)
                done += worlds * len(group)
                progress(done, total)
            if rows:
                kept.add(rows)
    return games


def kept_games(spec: Spec, folder: Path) -> list[Game]:
    """The games as far as they have come, of which all rounds must be there.

    Raises:
        InputError: they are not.
    """
    games, kept = games_of(spec), Rounds(folder)
    for game in games:
        for number in range(game.players.rounds):
            if kept.pay(game.case.name, game.lane.name, number) is None:
                raise InputError(
                    f"lane {game.lane.name!r} plays to its mix, but only {number} of its {game.players.rounds} rounds "
                    f"are in {folder / FILE}; run the recipe first, it goes on"
                )
            _replay([game], kept)
    return games


def games_of(spec: Spec) -> list[Game]:
    """A game for every lane that plays, in every case."""
    return [
        Game(case, lane, lane.population)
        for case in spec.scenarios
        for lane in spec.lanes
        if isinstance(lane.population, Players)
    ]


def settled_lanes(spec: Spec, games: Sequence[Game]) -> Lanes:
    """All lanes by case, those that play in the mixes where they have settled."""
    there = {(game.case.name, game.lane.name): game.settled_lane() for game in games}
    return {case.name: tuple(there.get((case.name, lane.name), lane) for lane in spec.lanes) for case in spec.scenarios}


def _select(games: Sequence[Game], number: int) -> list[Game]:
    return [game for game in games if number < game.players.rounds]


def _groups(games: Sequence[Game]) -> list[tuple[Scenario, int, list[Game]]]:
    """Games that share the worlds of a round, with their case and the number of worlds."""
    found: dict[tuple[str, int], list[Game]] = {}
    for game in games:
        found.setdefault((game.case.name, game.players.worlds), []).append(game)
    return [(group[0].case, worlds, group) for (_, worlds), group in found.items()]


def _replay(games: Sequence[Game], kept: Rounds) -> None:
    for game in games:
        pay = kept.pay(game.case.name, game.lane.name, len(game.mixes) - 1)
        assert pay is not None  # noqa: S101 - it was looked for
        game.advance(pay)


def _play(
    case: Scenario, games: Sequence[Game], number: int, worlds: int, seed: int, pool: Pool
) -> Iterator[dict[str, Any]]:
    """Play a round of these games, which share its worlds; its rows."""
    lanes = tuple(game.in_mix(game.mixes[-1]) for game in games)
    numbers = world_numbers(number, worlds)
    tasks = RoundTask(case, lanes, seed, ()).divide(numbers, pool.workers)
    pool.check(tasks)
    found: dict[int, Any] = {}
    for _, results in pool.results(tasks):
        found |= results
    pays, good = mean_pay([found[each] for each in numbers])
    for i, game in enumerate(games):
        pay = pays[i, : len(game.players.mix)] if good else np.full(len(game.players.mix), np.nan)
        game.advance(pay)
        yield from game.rows(pay, good)
