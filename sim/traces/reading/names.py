"""What columns, tags and keys are called in the wild, and what they mean."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import nan

SIDES = {  #: the word for the data -> how far behind it stands where several would do
    **dict.fromkeys(("val", "valid", "validation", "eval", "evaluation", "train", "training"), 0),
    **dict.fromkeys(("test", "dev"), 3),
}

MEASURES = {  #: what is measured -> its unit
    **dict.fromkeys(("loss", "lm loss", "ce loss", "cross entropy loss", "crossentropyloss"), "nats"),
    **dict.fromkeys(("cross entropy", "nll", "nll loss", "ce", "xent"), "nats"),
    **dict.fromkeys(("ppl", "perplexity", "lm loss ppl"), "ppl"),
    **dict.fromkeys(("bpb", "bits per byte"), "bpb"),
}

NO_SETS = ("avg", "ema", "swa", "best", "final", "mean", "min", "max", "std", "sd", "aux", "moe", "z", "kl", "balance",
           "balancing", "load", "router", "smoothed", "last", "running", "total", "per", "reg", "mtp")  # fmt: skip
"""Words of other losses: `val_ema_loss` is not the loss on a set called `ema`."""

CALLS = "_step"  #: W&B's count of its log calls: taken for the step only where there is no other
COLUMNS = {  #: names of columns other than losses and clocks, the best first
    "step": ("trainer global step", "train global step", "global step", "step", "steps", "iteration", "iterations",
             "iter", "iters", "iter num", "s", CALLS),
    "tokens": ("tokens", "total tokens", "consumed tokens", "throughput total tokens", "num input tokens seen",
               "n tokens", "num tokens", "tokens seen", "train num input tokens seen"),
    "samples": ("samples", "consumed samples", "samples seen", "n samples"),
    "run": ("run", "run id", "run name", "experiment", "experiment name"),
}  # fmt: skip

TIME_UNITS = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1.0),
    **dict.fromkeys(("ms", "msec", "millis", "milliseconds"), 0.001),
    **dict.fromkeys(("min", "mins", "minute", "minutes"), 60.0),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), 3600.0),
}
CLOCKS = ("", "train time", "training time", "time", "elapsed", "elapsed time", "time elapsed", "train", "training",
          "wall time", "wall clock", "wallclock", "wall clock time", "timestamp", "total time")  # fmt: skip
SECONDS = ("runtime", "relative time", "relative time process", "relative time wall")  #: W&B's own, in seconds

MOST_NAME = 300  #: longer names are none: a hostile header must not cost time, nor memory where names are remembered

_APART = r"[\s/_.\-]+"
_SPACES = re.compile(_APART)


def _any_of(names: Iterable[str]) -> str:
    longest_first = sorted(names, key=len, reverse=True)
    return "(?:" + "|".join(name.replace(" ", _APART) for name in longest_first) + ")"


_SIDE, _MEASURE = _any_of(SIDES), _any_of(MEASURES)
_WINDOW = rf"(?:{_APART}(?P<window>step|epoch))?"
FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"(?:(?P<side>{_SIDE}){_APART})?(?P<measure>{_MEASURE}){_WINDOW}",
        rf"(?P<measure>{_MEASURE}){_APART}(?P<side>{_SIDE})(?:{_APART}(?P<as>ppl))?{_WINDOW}",
        rf"(?P<side>{_SIDE}){_APART}(?P<measure>{_MEASURE}){_APART}(?P<group>dataloader_idx_\d+)",
        rf"(?P<side>{_SIDE}){_APART}(?P<group>.+?){_APART}(?P<measure>{_MEASURE})",
        rf"(?P<group>.+?){_APART}(?P<measure>crossentropyloss)",
    )
)


@dataclass(frozen=True)
class Meaning:
    """What a name says."""

    column: str  #: of a table of records, `seconds`, or `run`
    rank: int = 0  #: its place among the names of that column, 0 the best
    series: str = ""  #: names of one column and series may stand for each other from row to row
    unit: str = ""  #: of a loss: `nats`, `ppl` or `bpb`; "" for other columns
    group: str = ""  #: the set that a loss was measured on, if one is named
    bare: bool = False  #: a loss of which the name does not say whether it is validation or train
    time_unit: float = nan  #: seconds in one unit of a clock


Mean = Callable[[str], Meaning | None]


def plain(name: str) -> str:
    """A name without case, and without the difference between `/`, `_`, `-`, `.` and space."""
    return _SPACES.sub(" ", name.lower()).strip()


def meaning(name: str) -> Meaning | None:
    """What a name of a column or key means; `None` for what is not read."""
    return _meaning(name.strip()) if len(name) <= MOST_NAME else None


@lru_cache(maxsize=4096)
def _meaning(name: str) -> Meaning | None:
    word = CALLS if name == CALLS else plain(name)
    for column, names in COLUMNS.items():
        if word in names:
            return Meaning(column, names.index(word), CALLS if word == CALLS else "")
    if loss := loss_of(name):
        return loss
    text = plain(re.sub(r"[()\[\]]", " ", name))
    base, _, unit = text.rpartition(" ")
    if text in SECONDS:
        return Meaning("seconds", 1, word, time_unit=1.0)
    if unit in TIME_UNITS and base in CLOCKS and (base or len(unit) > 1):  # `s` alone is a step, `h` nothing
        return Meaning("seconds", 0, word, time_unit=TIME_UNITS[unit])
    return Meaning("seconds", 2, word) if text in CLOCKS and text not in ("", "train", "training") else None


def loss_of(name: str) -> Meaning | None:
    """What a column or tag says of a loss; `None` for other quantities and for losses that are not the plain one.

    Losses are `val_loss`, `eval/loss`, `Loss/val`, `lm loss validation`, `eval_<set>_loss`, `train_loss_step`, `loss`,
    `eval/<set>/CrossEntropyLoss`; none are `aux_loss`, `val_ema_loss`, `final_val_loss`.
    """
    name = name.strip()
    found = None if len(name) > MOST_NAME else next((m for form in FORMS if (m := form.fullmatch(name))), None)
    if found is None:
        return None
    parts = {"side": None, "group": "", "window": None, "as": None} | found.groupdict()
    group, measure = parts["group"] or "", plain(parts["measure"] or "")
    if group and (plain(group).split(" ")[0] in NO_SETS or MEASURES[measure] != "nats"):
        return None
    side = plain(parts["side"]) if parts["side"] else "eval" if group or measure == "crossentropyloss" else ""
    column = "train" if not side or side.startswith("train") else "validation"
    if column == "train" and group:
        return None
    unit = "ppl" if parts["as"] else MEASURES[measure]
    windows = {None: 0, "step": 1, "epoch": 2}[parts["window"] and parts["window"].lower()]
    rank = 10 * ("nats", "bpb", "ppl").index(unit) + SIDES.get(side, 1) + windows
    return Meaning(column, rank, unit, unit, group, bare=not side)


@dataclass(frozen=True)
class Column:
    """Places in a header of the names of one column, the best first, and what the best name says."""

    places: tuple[int, ...]
    meaning: Meaning


class Layout:
    """Which names of a header mean what; with `several`, of each series all names are read, and not just the best.

    There is one of `validations` per evaluation set; they and the training loss, `train`, are in the best unit.
    """

    def __init__(self, header: Sequence[str], mean: Mean = meaning, *, several: bool = False) -> None:
        self.header = tuple(header)
        said = [(found, place) for place, name in enumerate(header) if (found := mean(name))]
        if not any(found.unit for found, _ in said) and sorted(map(plain, header)) == ["step", "value", "wall time"]:
            value = [plain(name) for name in header].index("value")  # TensorBoard's download
            said.append((Meaning("train", unit="nats", bare=True), value))
        best: dict[tuple[str, str], list[tuple[Meaning, int]]] = {}
        for found, place in sorted(said, key=lambda pair: pair[0].rank):
            mine = best.setdefault((found.column, found.group), [])
            if not mine or (several and found.series == mine[0][0].series):
                mine.append((found, place))
        columns = {key: Column(tuple(place for _, place in mine), mine[0][0]) for key, mine in best.items()}
        self.train = columns.pop(("train", ""), None)
        self.validations = [column for (name, _), column in columns.items() if name == "validation"]
        self.validations.sort(key=lambda c: (c.meaning.rank, c.meaning.group) if several else c.places)
        self.losses = [*self.validations, *([self.train] if self.train else [])]  #: that are read
        self.loss_places = {place for column in self.losses for place in column.places}
        #: step, tokens, samples, run and seconds, those that are there
        self.columns = {name: column for (name, _), column in columns.items() if name != "validation"}

    @property
    def complete(self) -> bool:
        """Whether there is a loss, and something to set it against."""
        return bool(self.losses) and not self.columns.keys().isdisjoint({"step", "tokens", "samples"})

    @property
    def places(self) -> list[int]:
        """Places of all columns that are read."""
        return sorted(self.loss_places | {place for column in self.columns.values() for place in column.places})
