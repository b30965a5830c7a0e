"""One lane's life as text: who submitted what, what the validator saw, who was crowned and why."""

import numpy as np

from sim.lanes import Lane
from sim.race.race import Race
from sim.race.setting import Setting
from sim.race.world import RaceWorld
from sim.timeline.words import describe_seat, line
from sim.validator import NOBODY


def timeline(race: Race, lane: Lane, setting: Setting, seed: int = 0, world: int = 0) -> str:
    """The timeline of a lane.

    A line per submission, and per evaluation whose outcome differs from the one before: pool, epsilon, loss, wins and
    weight of each model, and the king when it changes. `*` marks the king, `-` a model that the filter dropped.
    """
    story = _Story(RaceWorld(race, [lane], setting, seed, [world]))
    story.world.run(story.watch)
    head = f"{race.name}, lane {lane.name}, {len(race)} submissions, {story.world.scenario.days:.2f} days"
    return "\n".join([head, *story.lines]) + "\n"


class _Story:
    def __init__(self, world: RaceWorld) -> None:
        self.world, self.race = world, world.race
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
        books, king = self.world.validators[0].books, int(self.world.kings[0])
        if not books.desk["begun"][0]:
            return
        pool, model = self.world.validators[0].pool(0), books.models.facts["twin"][0]
        outcome = (sorted((model[s["uid"]], s["wins"], s["competitive"]) for s in pool), king)
        if outcome == self._outcome:
            return
        self._outcome = outcome
        lost = bool(books.desk["lost"][0])
        self._tell(now, ("loses the step, nobody is competitive: " if lost else "evaluates ") + self._pool(pool, model))
        if king != self._king:
            said = f"{self.race.miner[king]} is king with #{model[king]}, loss {self.race.loss[model[king]]:.4f}"
            self._tell(now, said)
            self._king = king

    def _tell(self, block: int, text: str) -> None:
        self.lines.append(line(block, text))

    def _pool(self, pool: np.ndarray, model: np.ndarray) -> str:
        return " | ".join(
            describe_seat(
                f"#{model[each['uid']]}",
                each,
                self.world.weights[0, each["uid"]],
                each["uid"] == self.world.kings[0],
            )
            for each in sorted(pool, key=lambda each: int(model[each["uid"]]))
        )
