"""The contract of progress: where a miner's model stands on its way, how far an interval takes it, and its loss there.

A position is one number per miner and column: tokens for scaling laws and traces, gained log loss for ideas. What a
miner gets done between two looks is the same in every lane; only where it starts from differs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar, NamedTuple, Protocol

import numpy as np

from sim.miners.hardware import Hardware
from sim.settings import About

if TYPE_CHECKING:
    from sim.miners.looks import Looks

Size = Annotated[float, About("size of the models: what GPUs cost per token, how long validators look", 1e6, 1e13)]
"""Parameters of a model."""


@dataclass(frozen=True)
class Crew:
    """The miners of some worlds, whose progress a course describes."""

    hardware: Hardware  #: of all miners
    looks: "Looks"  #: when they look up
    seed: int  #: of all random streams
    worlds: Sequence[int]  #: which worlds, by number
    most: float = 1.0  #: the largest effort: so many times as many ideas are drawn
    responds: bool = False  #: whether effort changes, so that ideas are needed one by one

    @property
    def miners(self) -> int:
        """How many there are."""
        return len(self.looks.phase)


class Ideas(NamedTuple):
    """The ideas of looks one by one, where a miner's effort decides which of them it has."""

    begin: np.ndarray  #: the first idea of a look, int `[looks, worlds, courses]`; -1 where effort multiplies work
    end: np.ndarray  #: behind the last, likewise
    gain: np.ndarray  #: log loss that an idea gains, `[ideas]`
    mark: np.ndarray  #: a miner has an idea if this uniform number is below its share of the largest effort


NO_IDEAS = Ideas(np.zeros((0, 0, 0), np.int64), np.zeros((0, 0, 0), np.int64), np.zeros(0), np.zeros(0))
"""What stands for ideas where effort does not change."""


class Course:
    """A way of making progress, drawn for a crew.

    The four functions of a position are plain and scalar, and the engine compiles them: `self` is then the miner's
    record among `records`, so they read its fields and nothing else.
    """

    begin: float  #: the position of the public model that all begin from
    scratch: float = 0.0  #: the position of a miner that begins from nothing
    sizes: float | np.ndarray  #: parameters of the miners' models, one number for all or `[miners]`; NaN where unknown
    rate: np.ndarray  #: what a day of training is worth, `[miners, worlds]`, in the unit of `pace` and `resume`
    records: np.ndarray  #: numbers that the functions read, a structured array
    which: np.ndarray  #: the record of each miner, int `[miners]`
    looks: "Looks"  #: when the miners look up

    functions: ClassVar[tuple[tuple[str, int], ...]] = (("advance", 2), ("loss", 1), ("resume", 2), ("pace", 3))
    """The functions of a position, each with the number of its arguments."""

    def fill(self, crew: Crew, sizes: float | np.ndarray, rate: np.ndarray, **numbers: float) -> None:
        """Set the attributes of a course whose miners all read the same numbers."""
        self.looks, self.sizes, self.rate = crew.looks, sizes, rate
        self.records = np.array([tuple(numbers.values())], [(name, "f8") for name in numbers])
        self.which = np.zeros(crew.miners, np.int64)

    def work(self, rows: np.ndarray, look: np.ndarray) -> np.ndarray:
        """How far the interval that ends with a look takes a miner, `[looks, worlds]`: its rate times the days."""
        return np.asarray(self.rate[rows] * self.looks.days(rows, look)[:, None])

    def ideas(self, rows: np.ndarray, look: np.ndarray) -> Ideas | None:
        """The ideas of these looks, `[looks, worlds]`; None where effort multiplies work."""
        return None

    def advance(self, position: float, work: float) -> float:
        """The position after that much work; no work leaves it where it is."""
        return position + work

    def loss(self, position: float) -> float:
        """Nats per token at a position."""
        raise NotImplementedError(f"{type(self).__name__} must define loss(position)")

    def resume(self, loss: float, rate: float) -> float:
        """The position from which another miner's finished model of that loss is trained on."""
        raise NotImplementedError(f"{type(self).__name__} must define resume(loss, rate)")

    def pace(self, position: float, loss: float, rate: float) -> float:
        """Log loss per day that training is worth at a position, whose loss is known."""
        raise NotImplementedError(f"{type(self).__name__} must define pace(position, loss, rate)")

    def pooled(self, work: np.ndarray) -> np.ndarray:
        """Log loss that one lineage would have gained from `begin` with all that work; NaN where it has no meaning."""
        return work * np.nan

    def loss_of(self, miner: int, position: float) -> float:
        """The loss of a miner's model at a position."""
        from sim.compiler.methods import instance_of  # noqa: PLC0415 - a recipe that is only read needs no compiler

        return float(instance_of(type(self), self.records[self.which[miner]]).loss(position))


class Progress(Protocol):
    """A kind of progress as a recipe describes it."""

    def course(self, crew: Crew) -> Course:
        """Draw it for a crew.

        Raises:
            InputError: it does not fit the crew or the horizon.
        """
        ...

    @property
    def parameters(self) -> float:
        """Size of the models, which decides how fast they are trained."""
        ...


class Courses:
    """The courses of all miners as one; `begin`, `scratch` and `sizes` are `[miners]`.

    Args:
        progress: ways of making progress, each with its share of the miners; which miner goes which way, or begins on
            which course of a menu, is the same in every world and lane.
        crew: all miners.
        failures: gets what interpreted functions raise.
        menu: whether each miner may change from one way to another.
    """

    def __init__(
        self, progress: Sequence[tuple[Progress, float]], crew: Crew, failures: list[Exception], menu: bool = False
    ) -> None:
        from sim.compiler.courses import compile_course  # noqa: PLC0415 - see above

        self.courses = [way.course(crew) for way, _ in progress]
        self.menu = menu
        edges = np.cumsum([share for _, share in progress])
        # golden-ratio steps: every stretch of miners has the shares
        steps = np.arange(crew.miners) * 0.6180339887498949 % 1.0
        self.kind = np.minimum(np.searchsorted(edges, steps, side="right"), len(progress) - 1)
        self.begin, self.scratch = (
            np.array([getattr(course, name) for course in self.courses])[self.kind] for name in ("begin", "scratch")
        )
        sizes = np.stack([np.broadcast_to(course.sizes, crew.miners) for course in self.courses])
        self.sizes: np.ndarray = sizes[self.kind, np.arange(crew.miners)]
        self._made = [compile_course(course, failures) for course in self.courses]

    @property
    def choices(self) -> int:
        """How many ways each miner has: all courses of a menu, else one."""
        return len(self.courses) if self.menu else 1

    def work(self, rows: np.ndarray, look: np.ndarray) -> np.ndarray:
        """See `Course`; `[looks, worlds, choices]`."""
        parts = np.stack([course.work(rows, look) for course in self.courses], axis=-1)
        if not self.menu:
            parts = parts[np.arange(len(rows)), :, self.kind[rows]][..., None]
        return parts

    def ideas(self, rows: np.ndarray, look: np.ndarray) -> Ideas:
        """See `Course`; `[looks, worlds, choices]`."""
        parts = [course.ideas(rows, look) for course in self.courses]
        some = [part for part in parts if part is not None]
        first, begin, end = 0, [], []
        for part in parts:
            none = np.full((len(rows), self.courses[0].rate.shape[1]), -1)
            begin.append(none if part is None else part.begin + first)
            end.append(none if part is None else part.end + first)
            first += 0 if part is None else len(part.gain)
        places = np.stack([np.stack(begin, axis=-1), np.stack(end, axis=-1)])
        if not self.menu:
            places = places[:, np.arange(len(rows)), :, self.kind[rows]].swapaxes(0, 1)[..., None]
        flat = [np.concatenate([np.empty(0), *(getattr(part, name) for part in some)]) for name in ("gain", "mark")]
        return Ideas(np.ascontiguousarray(places[0]), np.ascontiguousarray(places[1]), flat[0], flat[1])

    def write(self, people: np.ndarray) -> None:
        """Put addresses and rates into the records of all miners, `[worlds, miners, choices]`."""
        for m, kind in enumerate(self.kind):
            for choice in range(self.choices):
                way = choice if self.menu else int(kind)
                course, made, mine = self.courses[way], self._made[way], people[:, m, choice]
                for name, addresses in made.functions.items():
                    mine[name] = addresses[course.which[m]]
                mine["course"], mine["rate"] = made.numbers[course.which[m]], course.rate[m]
                mine["kind"] = way

    def loss_of(self, miner: int, position: float) -> float:
        """The loss of a miner's model at a position."""
        return self.courses[int(self.kind[miner])].loss_of(miner, position)
