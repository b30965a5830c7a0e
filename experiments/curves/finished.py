"""What the scaling law is fitted to: finished runs with size and tokens."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from experiments.curves.columns import LOSS, SIZE, TOKENS, table
from experiments.curves.observed import Reading
from policies.errors import InputError
from sim.traces.curve import Curve
from sim.traces.read import read_file, walk

FEWEST_FINISHED = 6
"""One more than the scaling law has constants."""


@dataclass(frozen=True, eq=False)
class Finished:
    """Finished runs; arrays are float64 `[runs]`: parameters, tokens and nats per token at the end."""

    name: str
    parameters: np.ndarray
    tokens: np.ndarray
    loss: np.ndarray


def finished(paths: Sequence[Path], reading: Reading, fewest: int = FEWEST_FINISHED) -> Finished:
    """All finished runs of tables and libraries; a curve counts by its last point, unless it diverged or is cut.

    Raises:
        InputError: there are fewer than `fewest`.
    """
    rows = np.array([row for path in walk(list(paths)) for row in _finals(path, reading)]).reshape(-1, 3)
    if len(rows) < fewest:
        raise InputError(
            f"{len(rows)} finished runs with parameters, tokens and loss in {', '.join(map(str, paths))}, "
            f"but at least {fewest} are needed: the law has 5 constants"
        )
    return Finished(", ".join(path.stem for path in paths), *rows.T)


def _finals(path: Path, reading: Reading) -> Iterator[tuple[float, float, float]]:
    columns = table(path, reading.where)
    if columns is not None and (size := columns.numbers(SIZE)) is not None:
        tokens, loss = columns.needed(TOKENS), columns.needed((reading.loss,) if reading.loss else LOSS)
        rows = np.stack([size, tokens, loss], axis=1)
        yield from map(tuple, rows[np.all(np.isfinite(rows) & (rows > 0), axis=1)].tolist())
        return
    for curve in read_file(path):
        if isinstance(curve, Curve) and len(curve) and curve.unit == "nats" and "truncated" not in curve.flags:
            last = (curve.parameters, float(curve.tokens[-1]), curve.final_loss)
            if np.isfinite(last).all():
                yield last
