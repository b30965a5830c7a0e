"""TensorBoard's event files, `events.out.tfevents.*`: binary records of a time, a step and scalars under tags."""

import re
from collections.abc import Iterator
from functools import lru_cache
from math import isnan, nan

import numpy as np

from sim.traces.reading.events import DamageError, events, sureness
from sim.traces.reading.names import MOST_NAME, Meaning, loss_of, plain
from sim.traces.reading.numbers import as_loss
from sim.traces.reading.records import COLUMNS, MOST_RECORDS, Records, thin_longest
from sim.traces.reading.source import Source, Unreadable

FOLDERS = re.compile(r"lm-loss-(?:training|validation)/")  #: Megatron-DeepSpeed puts its tags into these
MOST_TAGS = 1_000
MOST_POINTS = MOST_RECORDS // 2  #: points that are held; beyond it every second one of the longest tags is dropped
CHUNK = 100_000  #: values that are turned into text at a time

Losses = dict[str, tuple[Meaning, Records]]  #: what a tag says, and its values


def sniff(source: Source) -> float:
    """How sure this reader is, 0 to 1: the first frame's checksum is right, and it holds a time."""
    return sureness(source.raw_head)


def read(source: Source) -> Iterator[Records]:
    """The run, or one run per evaluation set; seconds of the clock on the wall since the first record."""
    whole = Records()  # what holds for the file as a whole
    losses = _losses(source, whole)
    if not losses:
        raise Unreadable("an event file without a loss (train/loss, eval/loss, lm loss ...) among its tags")
    best: dict[tuple[str, str], str] = {}
    for tag, (said, _) in losses.items():
        key = said.column, said.group
        best[key] = min(best.get(key, tag), tag, key=lambda name: (losses[name][0].rank, name))
    train = best.get(("train", ""), "")
    validations = [tag for (column, _), tag in best.items() if column == "validation"]
    if left := len(losses) - len(best):
        whole.note("other tags of the same losses left out", left)
    for tag in validations or [""]:
        run = Records(cut=whole.cut, notes=whole.notes.copy())
        if train:
            run.train_unit, run.kind_unsaid = losses[train][0].unit, losses[train][0].bare
        if tag:
            run.validation_unit, run.dataset = losses[tag][0].unit, losses[tag][0].group
            if len(validations) > 1:
                run.run, run.loss_column = losses[tag][0].group or tag, tag
        table = np.concatenate([losses[name][1].table for name in (tag, train) if name])
        run.extend(table[np.argsort(table[:, COLUMNS.index("seconds")], kind="stable")])
        yield run


@lru_cache(maxsize=4096)
def _loss_of(tag: str) -> Meaning | None:
    return loss_of(FOLDERS.sub("", tag))


def _losses(source: Source, whole: Records) -> Losses:
    """The losses of a file by tag, as far as it can be read."""
    losses: Losses = {}
    doubles = set[str]()
    start, held = nan, 0
    try:
        for wall_time, step, scalars in events(source):
            start = wall_time if isnan(start) else start
            for tag, value, single in scalars:
                if len(tag) <= MOST_NAME and (said := _loss_of(tag)):
                    if tag not in losses:
                        losses[tag] = said, Records()
                    pair = (as_loss(value), nan) if said.column == "validation" else (nan, as_loss(value))
                    losses[tag][1].values.extend((step, nan, wall_time - start, *pair, nan))
                    held += 1
                    if not single:
                        doubles.add(tag)
                elif plain(tag).endswith((" vs samples", " vs tokens")):
                    whole.note("values counted in samples or tokens, not in steps, left out")
            if held > MOST_POINTS:
                held = thin_longest([run for _, run in losses.values()], MOST_POINTS)
            if len(losses) > MOST_TAGS:
                raise Unreadable(f"an event file with more than {MOST_TAGS:,} losses")
    except EOFError:
        whole.cut = True
        whole.note("torn last record left out")
    except DamageError as error:
        whole.cut = True
        whole.note(f"damaged, read up to there ({error})")
    for tag, (said, run) in losses.items():
        whole.notes.update(run.notes)
        values = run.column(said.column)
        for n in range(0, 0 if tag in doubles else len(values), CHUNK):
            # a number of 32 bits is the shortest decimal that it stands for: 3.2858, not 3.2857999801635742
            values[n : n + CHUNK] = values[n : n + CHUNK].astype(np.float32).astype("U16").astype(np.float64)
    return losses
