"""What columns, tags and keys are called in the wild, and what they mean (traces.md 2.12)."""

import re
from dataclasses import dataclass
from functools import lru_cache
from math import nan

SIDES = {
    "val": 0,
    "valid": 0,
    "validation": 0,
    "eval": 0,
    "evaluation": 0,
    "test": 3,
    "dev": 3,
    "train": 0,
    "training": 0,
}
"""The word for the data -> how far behind it stands where several would do."""

MEASURES = {
    **dict.fromkeys(("loss", "lm loss", "ce loss", "cross entropy loss", "crossentropyloss"), "nats"),
    **dict.fromkeys(("cross entropy", "nll", "nll loss", "ce", "xent"), "nats"),
    **dict.fromkeys(("ppl", "perplexity", "lm loss ppl"), "ppl"),
    **dict.fromkeys(("bpb", "bits per byte"), "bpb"),
}
"""What is measured -> its unit."""

NO_SETS = ("avg", "ema", "swa", "best", "final", "mean", "min", "max", "std", "sd", "aux", "moe", "z", "kl", "balance",
           "balancing", "load", "router", "smoothed", "last", "running", "total", "per", "reg", "mtp")  # fmt: skip
"""Words of other losses: `val_ema_loss` is not the loss on a set called `ema`."""

STEPS = ("trainer global step", "train global step", "global step", "step", "steps", "iteration", "iterations", "iter",
         "iters", "iter num", "s", "_step")  # fmt: skip
"""Names of the column of steps, the best first: W&B's `_step` counts its own calls where another is there too."""
TOKENS = ("tokens", "total tokens", "consumed tokens", "throughput total tokens", "num input tokens seen", "n tokens",
          "num tokens", "tokens seen", "train num input tokens seen")  # fmt: skip
SAMPLES = ("samples", "consumed samples", "samples seen", "n samples")
RUNS = ("run", "run id", "run name", "experiment", "experiment name")

TIME_UNITS = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1.0),
    **dict.fromkeys(("ms", "msec", "millis", "milliseconds"), 0.001),
    **dict.fromkeys(("min", "mins", "minute", "minutes"), 60.0),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), 3600.0),
}
CLOCKS = ("", "train time", "training time", "time", "elapsed", "elapsed time", "time elapsed", "train", "training",
          "wall time", "wall clock", "wallclock", "wall clock time", "timestamp", "total time")  # fmt: skip
SECONDS = ("runtime", "relative time", "relative time process", "relative time wall")
"""W&B's own names, always in seconds."""

MOST_NAME = 300
"""Longer names are none: a hostile header must not cost time, nor memory where names are remembered."""


def _any(names: object) -> str:
    by_length = sorted(map(str, names), key=len, reverse=True)  # type: ignore[call-overload]
    return "(?:" + "|".join(name.replace(" ", _APART) for name in by_length) + ")"


_APART = r"[\s/_.\-]+"
_SIDE, _MEASURE = _any(SIDES), _any(MEASURES)
_WINDOW = rf"(?:{_APART}(?P<window>step|epoch))?"
_SPACES = re.compile(_APART)
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
class Loss:
    """What a name says about a loss.

    Attributes:
        kind: `validation`, `train`, or "" for a bare `loss`.
        unit: `nats`, `ppl` or `bpb`.
        group: the set it was measured on, if one is named.
        rank: where it stands among those of one kind and group; 0 before 1.
    """

    kind: str
    unit: str
    group: str = ""
    rank: int = 0


def plain(name: str) -> str:
    """A name without case, and without the difference between `/`, `_`, `-`, `.` and space."""
    return _SPACES.sub(" ", name.lower()).strip()


def loss_of(name: str) -> Loss | None:
    """What a column or tag says of a loss; `None` for other quantities and for losses that are not the plain one.

    Losses are `val_loss`, `eval/loss`, `Loss/val`, `lm loss validation`, `eval_<set>_loss`, `train_loss_step`, `loss`,
    `eval/<set>/CrossEntropyLoss`; none are `aux_loss`, `val_ema_loss`, `final_val_loss`.
    """
    return _loss_of(name.strip()) if len(name) <= MOST_NAME else None


@lru_cache(maxsize=4096)
def _loss_of(name: str) -> Loss | None:
    found = next((m for form in FORMS if (m := form.fullmatch(name))), None)
    if found is None:
        return None
    said = {"side": None, "group": "", "window": None, "as": None} | found.groupdict()
    group, measure = said["group"] or "", plain(said["measure"] or "")
    if group and (plain(group).split(" ")[0] in NO_SETS or MEASURES[measure] != "nats"):
        return None
    side = plain(said["side"]) if said["side"] else "eval" if group or measure == "crossentropyloss" else ""
    kind = "" if not side else "train" if side.startswith("train") else "validation"
    if kind == "train" and group:
        return None
    unit = "ppl" if said["as"] else MEASURES[measure]
    windows = {None: 0, "step": 1, "epoch": 2}[said["window"] and said["window"].lower()]
    return Loss(kind, unit, group, 10 * ("nats", "bpb", "ppl").index(unit) + SIDES.get(side, 1) + windows)


def time_of(name: str) -> tuple[int, float] | None:
    """How good a column is as a clock (0 the best), and its unit in seconds, NaN where the name does not say."""
    text = plain(name.replace("(", " ").replace(")", " ").replace("[", " ").replace("]", " "))
    base, _, unit = text.rpartition(" ")
    if text in SECONDS:
        return 1, 1.0
    if unit in TIME_UNITS and base in CLOCKS and (base or len(unit) > 1):  # `s` alone is a step, `h` nothing
        return 0, TIME_UNITS[unit]
    return (2, nan) if text and text in CLOCKS and text not in ("train", "training") else None
