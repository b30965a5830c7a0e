"""A race as a world: its submissions are the script, and what differs between lanes is a value of the lane."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from sim.clock import BLOCKS_PER_DAY, blocks
from sim.lanes import Lane
from sim.miners.script import Script
from sim.models import lines_of
from sim.race.noise import RaceNoise
from sim.race.race import Race, Setting
from sim.scenario import Scenario, Validation
from sim.timeline.words import describe_seat, line
from sim.validators.validator import NOBODY
from sim.world import World


def scenario_of(race: Race, setting: Setting) -> Scenario:
    """The contest: everything is evaluated as soon as it is old enough, and steps take no time."""
    hotkey = np.arange(len(race))
    if setting.hotkeys == "miner":
        first = {miner: i for i, miner in reversed(list(enumerate(race.miner)))}
        hotkey = np.array([first[miner] for miner in race.miner])
    observed = race.observed
    if observed is None:
        starts, every, horizon = (), setting.step_blocks, int(race.block[-1]) + max(blocks(setting.tail_days), 1)
    else:
        starts, every, horizon = tuple(observed.block.tolist()), 1, int(observed.block[-1]) + 1
    how = Validation(every, every, len(race), load_seconds=0.0, model_seconds=0.0, retry_blocks=1, commit_blocks=0)
    lines = lines_of(race.lineages()) if race.has_lineage else None
    return Scenario(
        race.name,
        days=horizon / BLOCKS_PER_DAY,
        miners=len(race),
        noise=RaceNoise(race, setting.noise),
        validation=how,
        founded=False,
        script=Script(race.block, hotkey, race.loss, starts, lines),
    )


class RaceWorld(World):
    """A race under the same noise for every lane, in several worlds at once.

    A miner of this world is a hotkey, under the number of its first submission; a model's `twin` is its submission, and
    the owners in its line are the submissions that it builds on.

    Args:
        race: the submissions.
        lanes: the competing policies.
        setting: noise, clock and hotkeys.
        seed: of all random streams.
        worlds: which worlds to run in this pass, by number; a world's result does not depend on the others.
    """

    def __init__(self, race: Race, lanes: Sequence[Lane], setting: Setting, seed: int, worlds: Sequence[int]) -> None:
        self.race = race
        if race.observed is not None:  # a log begins at the evaluation
            lanes = [replace(lane, rules=replace(lane.rules, delay=0)) for lane in lanes]
        super().__init__(scenario_of(race, setting), lanes, seed, worlds)


def timeline(race: Race, lane: Lane, setting: Setting, seed: int = 0, world: int = 0) -> str:
    """One lane's life as text.

    A line per submission, and per evaluation whose outcome differs from the one before: pool, epsilon, loss, wins and
    weight of each model, and the king when it changes. `*` marks the king, `-` a model that the filter dropped.
    """
    story = _Story(RaceWorld(race, [lane], setting, seed, [world]))
    story.world.run(story.watch)
    head = f"{race.name}, lane {lane.name}, {len(race)} submissions, {story.world.scenario.days:.2f} days"
    return "\n".join([head, *story.lines]) + "\n"


class _Story:
    """What has been told so far; the lane is column 0 of everything."""

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
        validator, king = self.world.validators[0], int(self.world.kings[0])
        if not validator.state["begun"][0]:
            return
        pool, model = validator.pool(0), validator.models.facts["twin"][0]
        outcome = (sorted((model[s["uid"]], s["wins"], s["competitive"]) for s in pool), king)
        if outcome == self._outcome:
            return
        self._outcome = outcome
        lost = bool(validator.state["lost"][0])
        self._tell(now, ("loses the step, nobody is competitive: " if lost else "evaluates ") + self._pool(pool, model))
        if king != self._king:
            name, loss = self.race.miner[king], self.race.loss[model[king]]
            self._tell(now, f"{name} is king with #{model[king]}, loss {loss:.4f}")
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
