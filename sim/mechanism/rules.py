"""Everything of a validator's mechanism that is a number or a switch, epsilon apart."""

from dataclasses import dataclass
from typing import Annotated, Literal, get_args

import numpy as np

from policies.errors import InputError
from sim.settings import About, Settings

Wins = Literal["average", "per-sample", "sample-champion"]
Semantics = Literal["pool", "king", "running-best"]

AVERAGE, PER_SAMPLE, SAMPLE_CHAMPION = range(3)
"""The codes of `Wins` in a record, in its order."""

POOL, KING, RUNNING_BEST = range(3)
"""The codes of `Semantics` in a record, in its order."""


@dataclass(frozen=True)
class Rules(Settings):
    """One validator's rules; the defaults are SN9's newest (v6.0.4)."""

    temperature: Annotated[float, About("of the softmax over win rates", 1e-6, 1e3)] = 0.01
    alpha: Annotated[float, About("weight of the old moving average", 0, 0.999999)] = 0.5
    keep: Annotated[int, About("models kept for the next step (`sample_min`)", 1, 256)] = 5
    filtered: Annotated[bool, About("the competitive filter applies")] = True
    delay: Annotated[int, About("blocks between commitment and first evaluation", 0, 100_000)] = 250
    threshold: Annotated[float, About("averages below it are not paid", 0, 0.99)] = 0.0
    winner_takes_all: Annotated[bool, About("a step's weight goes to the highest win rate, without softmax")] = False
    alone: Annotated[float, About("win rate of a model without opponents", 0, 1)] = 1.0
    # until 2024-01-02
    holds: Annotated[bool, About("models that were not evaluated keep their weight in the average")] = False
    wins: Annotated[
        Wins, About("what is compared: `average` losses, pairs `per-sample`, or a `sample-champion` each (SN29)")
    ] = "average"
    skew: Annotated[float, About("exponent on the share of samples won (SN29)", 0.1, 10)] = 1.0
    semantics: Annotated[Semantics, About("what makes a king: `pool`, `king` or `running-best`")] = "pool"
    sealed_days: Annotated[
        float, About("days after its commitment until a king's model is public, to copy and to begin from", 0, 3650)
    ] = 0.0
    sample_factor: Annotated[float, About("samples of an evaluation, over those of the scenario", 0.01, 100)] = 1.0

    def __post_init__(self) -> None:
        """Check every number, and that single samples are compared in the scenario's number only."""
        super().__post_init__()
        if self.wins != "average" and self.sample_factor != 1.0:
            raise InputError(
                f"sample_factor is {self.sample_factor:g}, but where wins are {self.wins} it must be 1: single samples "
                "are drawn once for all lanes; give `noise.samples` of the scenario",
                ("sample_factor",),
            )

    def record(self) -> np.void:
        """The same as a record of `RULES`."""
        codes = {"wins": get_args(Wins).index(self.wins), "semantics": get_args(Semantics).index(self.semantics)}
        one: np.void = np.array([tuple({**vars(self), **codes}.values())], RULES)[0]
        return one


_KINDS: dict[type, str] = {float: "f8", bool: "b1"}

RULES = np.dtype([(name, _KINDS.get(type(default), "i8")) for name, default in vars(Rules()).items()], align=True)
"""Rules as the compiled loops read them."""
