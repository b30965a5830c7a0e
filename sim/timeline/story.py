"""The story of one lane in a world: submissions, evaluations, kings and why they were crowned."""

from collections import Counter
from collections.abc import Callable
from math import log

import numpy as np

from sim.clock import BLOCK_SECONDS
from sim.data.sets import SETS
from sim.lanes import Lane
from sim.mechanism.dethrone import NOBODY
from sim.scenario import Scenario
from sim.timeline.words import Evaluation, TrueModel, absent, builds_on, cut_short, describe_seat, line, list_miners
from sim.world import World

PAID = 0.005  #: the least weight that counts as pay: an evaluation is told when it pays other models than the last one
CROWD = 3  #: if more than so many miners do the same in one step, they share a line


def narrate(scenario: Scenario, lane: Lane, seed: int, world: int, say: Callable[[str], object]) -> None:
    """Run a world with one lane and say line by line what happens; among other lanes it would live through the same.

    A line per submission, entry and exit (one for all of a step if they are many), evaluation whose outcome differs
    from the one before, change of king, and switch of data. `*` marks the king, `-` a model that the filter dropped,
    `again` one that was dropped earlier. Losses are true ones, except where they are called measured and in
    evaluations. A gain is the log of the king's loss over the other's. Of several validators the first one's
    evaluations are told, and what all of them pay.
    """
    story = _Story(World(scenario, [lane], seed, [world]), say)
    many = Counter(story.strategy(miner) for miner in range(scenario.miners))
    miners = ", ".join(f"{count} {name}" for name, count in many.items())
    on = "" if scenario.data is None else f", judged on {scenario.data.judging.phases[0][1].name}"
    say(f"{scenario.name}, world {world}, lane {lane.name}, {scenario.days:.2f} days{on}, miners: {miners}")
    story.world.run(story.watch)
    story.end()


class _Story:
    """What has been told so far; the lane is column 0 of everything."""

    def __init__(self, world: World, say: Callable[[str], object]) -> None:
        self.world, self._say = world, say
        self._validator, self._miners = world.validators[0], world.miners
        self._before = -1
        self._submitted, self._active = self._miners.submissions[:, 0].copy(), self._miners.active[:, 0].copy()
        self._committed_at = self._miners.committed.block[:, 0].copy()
        self._king, self._kings_model = NOBODY, TrueModel()
        self._begun: Evaluation | None = None  # the newest step that has begun, and the newest that has ended
        self._ended: Evaluation | None = None
        self._published: Evaluation | None = None  # the newest one whose weights are set
        self._begun_at, self._until = 0, 0.0
        self._last_outcome: object = None
        self._timeouts = 0
        self._without_place: list[int] = []
        self._data = world.scenario.data

    def strategy(self, miner: int) -> str:
        """What a miner follows."""
        return self._miners.choices.strategy_of(0, miner).name()

    def _loss(self, model: TrueModel) -> float:
        """A model's loss on what is judged now."""
        return model.loss_on(self.world.data_weights)

    def watch(self, now: int) -> None:
        """Tell what is new at a step."""
        self._switches(now)
        self._new_model(now)
        self._evaluation(now)
        self._crown(now)
        self._publication(now)
        self._decisions(now)
        self._before = now

    def end(self) -> None:
        """Tell how it ended."""
        scenario = self.world.scenario
        paid = self._miners.emission[:, 0]
        share = np.round(paid / max(paid.sum(), 1e-300), 3)
        shares = [f"m{m} {share[m]:.1%}" for m in np.argsort(-share, kind="stable") if share[m]]
        loss = self._loss(self._kings_model)
        king = "nobody is king" if self._king == NOBODY else f"m{self._king} is king, loss {loss:.4f}"
        burned = self.world.record.burned[0] / scenario.days
        lost = f", {burned:.1%} of all was burned" if burned else ""
        self._tell(scenario.horizon, f"ends: {king}; emission {cut_short(shares) or 'none'}{lost}")

    def _tell(self, block: float, text: str) -> None:
        self._say(line(block, text))

    def _switches(self, now: int) -> None:
        """Switches of data, and the miners that move to other data."""
        if self._data is None:
            return
        migration = self._miners.people.migration
        if migration.respond:
            migration = migration._replace(moves=self._miners.people.moved)
        for block, mixture in self._data.judging.phases[1:]:
            if self._before < block <= now:
                self._tell(block, f"from now on models are judged on {mixture.name}")
        moved = np.flatnonzero(migration.moves_between(self._before, now)[:, 0])
        goes = migration.set_at(now)[:, 0]
        for target in np.unique(goes[moved]):
            self._tell(now, f"now trained on {SETS[target]}: {list_miners(moved[goes[moved] == target])}")

    def _new_model(self, now: int) -> None:
        """A new model of the king: its miner stays king."""
        if self._king == NOBODY or self._king != int(self.world.kings[0]):
            return
        model = TrueModel.read(self._validator.models, self._king)
        if model.block != self._kings_model.block:
            gain = log(self._loss(self._kings_model) / self._loss(model))
            self._tell(
                now,
                f"m{self._king}, the king, now stands with the model of block {model.block:.0f}: loss "
                f"{self._loss(model):.4f}, true gain {gain:.3%} over the last one; its advantage begins anew",
            )
            self._kings_model = model

    def _evaluation(self, now: int) -> None:
        """A step that has ended, whose weights are set now; and one that begins now, which may end at once."""
        state = self._validator.state[0]
        if self._begun is not self._ended and self._until <= now:
            self._outcome(now)
        if not state["begun"]:
            return
        self._begun, self._begun_at, self._until = Evaluation.newest(self._validator), now, float(state["busy"])
        self._queue(now)
        if state["timeouts"] > self._timeouts:
            self._timeouts = int(state["timeouts"])
            self._timeout(now, self._begun)
        elif self._until <= now:
            self._outcome(now)

    def _queue(self, now: int) -> None:
        """Commitments that are old enough, but for which there is no place."""
        old = self._miners.committed.block[:-1, 0] <= now - self.world.columns.delay[0]
        waiting = np.flatnonzero(self._miners.pending[:, 0] & old).tolist()
        if waiting and waiting != self._without_place:
            self._tell(now, f"no place in the queue for {list_miners(waiting)}")
        self._without_place = waiting

    def _timeout(self, now: int, step: Evaluation) -> None:
        self._ended = step  # its weights will never be set
        models = step.pool["uid"].tolist()
        if self._is_news(("late", len(models))):
            how = self.world.scenario.validation
            self._tell(
                now,
                f"loses the step: {len(models)} models would take {step.seconds / BLOCK_SECONDS:.0f} blocks, more than "
                f"{how.limit_blocks}: {list_miners(models)}",
            )

    def _outcome(self, now: int) -> None:
        step = self._ended = self._published = self._begun
        assert step is not None  # noqa: S101 - there was one
        king, weights = int(self.world.kings[0]), self.world.weights[0]
        paid = [(int(model["uid"]), float(model["block"]), bool(model["weight"] > PAID)) for model in step.pool]
        if not self._is_news((king, step.lost, paid)):
            return
        words = []
        for model, again in zip(step.pool, step.again, strict=True):
            uid = int(model["uid"])
            text = describe_seat(f"m{uid}", model, weights[uid], uid == king)
            words.append(f"{text} again" if again else text)
        did = "evaluates" if self._begun_at == now else f"ends the evaluation of {self._begun_at}:"
        self._tell(now, f"{'loses the step, nobody is competitive:' if step.lost else did} {' | '.join(words)}")

    def _is_news(self, outcome: object) -> bool:
        changed, self._last_outcome = outcome != self._last_outcome, outcome
        return changed

    def _crown(self, now: int) -> None:
        king, models = int(self.world.kings[0]), self._validator.models
        if king == self._king:
            return
        model, step = TrueModel.read(models, king), self._published
        judged_block = None if step is None else step.block_of(king)
        newer = "" if judged_block in (None, model.block) else ", of a newer model than the one that won"
        text = f"m{king} is king with loss {self._loss(model):.4f}{newer}: "
        if self._king == NOBODY:
            public = self.world.scenario.founded
            self._tell(now, text + ("the public model stands under its name" if public else "it is the first"))
        else:
            gain = log(self._loss(self._kings_model) / self._loss(model))
            end = float(self.world.record.crowns().gain[-1])
            why = absent(self._king) if step is None else step.compare(king, self._king, self.world.weights[0])
            later = "" if self._data is None else f" ({end:.3%} on what is judged at the end)"
            luck = ", a lucky crown" if end <= 0 else ""
            self._tell(now, f"{text}{why}; true gain {gain:.3%}{later}{luck}{builds_on(models, king)}")
        self._king, self._kings_model = king, model

    def _publication(self, now: int) -> None:
        """The king's model becomes public, where models are sealed."""
        sealed = self.world.columns.table["sealed"][0]
        opens = self._kings_model.block + sealed
        if sealed and self._before < opens <= now and self._kings_model.block:  # that of block 0 is public at once
            self._tell(opens, f"the model of m{self._king}, the king, is public")

    def _decisions(self, now: int) -> None:
        """Entries, exits and submissions of this step in the order of the miners' looks; crowds in one line."""
        miners, looks = self._miners, self._miners.looks
        active, submitted = miners.active[:, 0].copy(), miners.submissions[:, 0].copy()
        look = looks.phase + looks.next_look(now) * looks.every
        lines: list[tuple[int, str]] = []
        for whether, verb in ((True, "enters"), (False, "leaves")):
            moved = np.flatnonzero((active != self._active) & (active == whether)).tolist()
            if len(moved) > CROWD:
                lines.append((look[moved].min(), f"{len(moved)} {verb.rstrip('s')}: {list_miners(moved)}"))
            else:
                lines += [(look[m], f"m{m} ({self.strategy(m)}) {verb}") for m in moved]
        new = np.flatnonzero(submitted != self._submitted).tolist()
        if len(new) > CROWD:
            lines.append((look[new].min(), self._submissions(new)))
        else:
            lines += [(look[m], self._submission(m)) for m in new]
        for block, text in sorted(lines, key=lambda line: line[0]):
            self._tell(block, text)
        self._active, self._submitted = active, submitted
        self._committed_at = miners.committed.block[:, 0].copy()

    def _submissions(self, new: list[int]) -> str:
        """Many submissions at once: the miners by strategy, and the best of them."""
        kinds = dict.fromkeys(map(self.strategy, new))
        who = "; ".join(f"{kind} {list_miners(m for m in new if self.strategy(m) == kind)}" for kind in kinds)
        best = min(new, key=lambda m: self._loss(TrueModel.read(self._miners.committed, m)))
        return f"{len(new)} submissions ({who}), of which the best: {self._submission(best)}"

    def _submission(self, miner: int) -> str:
        mine = self._miners.committed.facts[0, miner]
        loss = self._loss(TrueModel.read(self._miners.committed, miner))
        what = f"a copy of m{mine['twin']}'s model" if mine["copied"] else "an own model"
        gain = "" if self._king == NOBODY else f", gain {log(self._loss(self._kings_model) / loss):.3%}"
        before = self._committed_at[miner]
        waited = np.isfinite(before) and before != self._validator.models.block[miner, 0]
        instead = ", in place of the one that waits" if waited else ""
        chosen = f", option {mine['option'] + 1}" if self.world.columns.lanes[0].policy.fees else ""
        return f"m{miner} ({self.strategy(miner)}) submits {what} with loss {loss:.4f}{gain}{instead}{chosen}"
