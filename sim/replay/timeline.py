"""One lane's life as text: who submitted what, what the validator saw, who was crowned and why."""

import numpy as np

from sim.evaluation import NOBODY
from sim.lanes import Lane
from sim.replay.race import Race
from sim.replay.replay import Replay, Setting
from sim.replay.validator import Step
from sim.told import at, seat


def timeline(race: Race, lane: Lane, setting: Setting, seed: int = 0, world: int = 0) -> str:
    """The timeline of a lane.

    A line per submission, and per evaluation whose outcome differs from the one before: pool, epsilon, loss, wins and
    weight of each model, and the king when he changes. `*` marks the king, `-` a model that the filter dropped.
    """
    story = _Story(race, Replay(race, [lane], setting, seed, [world]))
    story.world.run(story.watch)
    head = f"{race.name}, lane {lane.name}, {len(race)} submissions, {story.world.days:.2f} days"
    return "\n".join([head, *story.lines]) + "\n"


class _Story:
    def __init__(self, race: Race, world: Replay) -> None:
        self.race, self.world = race, world
        self.lines: list[str] = []
        self._told = 0
        self._outcome: tuple[object, ...] = ()
        self._king = NOBODY

    def watch(self, now: int) -> None:
        """Tell what is new at a step."""
        while self._told < len(self.race) and self.race.block[self._told] <= now:
            i = self._told
            self._tell(int(self.race.block[i]), f"{self.race.miner[i]} submits #{i} with loss {self.race.loss[i]:.4f}")
            self._told += 1
        last = self.world.validator.last
        if last is None:
            return
        king = int(self.world.validator.king[0])
        verdict = last.verdict
        models = zip(last.slots[:, 0], verdict.wins[:, 0], verdict.competitive[:, 0], strict=True)
        outcome = (sorted((int(m), int(w), bool(c)) for m, w, c in models), king)
        if outcome == self._outcome:
            return
        self._outcome = outcome
        lost = bool(last.verdict.lost[0])
        self._tell(now, ("loses the step, nobody is competitive: " if lost else "evaluates ") + self._pool(last, king))
        if king != self._king:
            model = int(self.world.validator.model[king, 0])
            self._tell(now, f"{self.race.miner[model]} is king with #{model}, loss {self.race.loss[model]:.4f}")
            self._king = king

    def _tell(self, block: int, text: str) -> None:
        self.lines.append(at(block, text))

    def _pool(self, step: Step, king: int) -> str:
        words = []
        weights = self.world.validator.weights[:, 0]
        for place in np.argsort(step.slots[:, 0], kind="stable"):
            model = int(step.slots[place, 0])
            if model == len(self.race):
                continue
            uid = int(self.world.validator.pool.uid[model])
            words.append(
                seat(
                    f"#{model}",
                    step.score[place, 0],
                    step.epsilon[place, 0],
                    step.verdict.wins[place, 0],
                    weights[uid],
                    king=uid == king,
                    among=step.verdict.competitive[place, 0],
                )
            )
        return " | ".join(words)
