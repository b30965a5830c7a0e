"""The traces that are shipped: `python -m experiments.recorder.library`, which goes on where it was stopped.

Three sizes, three schedules, two optimisers, two corpora made from the same text (raw and clean), two seeds; every
model is measured on the held-out documents of both corpora. One run is one process with one thread.
"""

import argparse
import io
import json
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, replace
from itertools import product
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from experiments.data import TRACES
from experiments.files import sweep, write
from experiments.recorder import checkpoint
from experiments.recorder.cleaning import splits
from experiments.recorder.docstrings import PACKAGES, sources, texts
from experiments.recorder.job import Job
from experiments.recorder.machine import facts as machine_facts
from experiments.recorder.machine import threads
from experiments.recorder.model import evaluate, size_of, spread
from experiments.recorder.recording import record, write_curves
from experiments.recorder.text import Corpus, corpus
from experiments.results.estimate import estimate
from sim.traces.curve import read_library

OUT = TRACES / "recorded-cpu.parquet"
TEXTS = ("raw", "clean")
TOKENS = 1e6
"""Bytes that one run sees: less than one pass over either corpus."""
EVERY = 20
"""Steps between validations: 26 points in a run of 488 steps."""
RATES = {"20k": 1e-2, "50k": 1e-2, "200k": 6e-3}
"""Peak learning rates of AdamW by size: the best of three on short runs (0.4 to 0.6 million bytes)."""
MUON_RATE = 1.2e-2
"""The best of three for Muon, at 200k."""
SHAPES = [
    *product(RATES, ("cosine", "wsd-linear"), ("adamw",)),
    ("50k", "constant", "adamw"),
    ("50k", "cosine", "muon"),
]
WINDOWS = 1_024
"""Of each evaluation corpus: eight times as many as on the way, because the sampling of text is the larger error."""
NORMAL_95 = 1.96


def jobs() -> Iterator[tuple[str, Job]]:
    """Each run with the name of the corpus that it learns from; the first seed of everything comes first."""
    for seed, (size, schedule, optimiser), text in product((0, 1), SHAPES, TEXTS):
        name = f"{size}-{schedule}-{optimiser}-{text}-s{seed}"
        rate = MUON_RATE if optimiser == "muon" else RATES[size]
        yield text, Job(name, size, schedule, optimiser, TOKENS, rate=rate, seed=seed, every=EVERY)


def prepare(work: Path) -> dict[str, Any]:
    """Make the corpora once; what is known about them is `corpora.json`."""
    path = work / "corpora.json"
    if not path.exists():
        found = {package: list(texts(package)) for package in PACKAGES}
        raw, clean, counts = splits([text for each in found.values() for text in each])
        facts: dict[str, Any] = {"sources": sources(found), "counts": counts, "corpora": {}}
        for name, both in zip(TEXTS, (raw, clean), strict=True):
            for side, documents in (("training", both.training), ("held", both.held)):
                write(work / f"{name}-{side}.txt", b"\f".join(documents))
                made = read_corpus(work, f"{name}-{side}")
                size = {"documents": made.documents, "bytes": len(made.symbols) - made.documents}
                facts["corpora"][f"{name}-{side}"] = {**size, "sha256": made.digest}
        write(path, json.dumps(facts, indent=2) + "\n")
    return dict(json.loads(path.read_text(encoding="utf-8")))


def read_corpus(work: Path, name: str) -> Corpus:
    """One of the prepared corpora, cut where it was: at form feeds."""
    return corpus(name, (work / f"{name}.txt").read_bytes().split(b"\f"))


def record_one(work: Path, text: str, job: Job) -> str:
    """Record one run, unless its curves are there."""
    path = work / f"{job.name}.parquet"
    if not path.exists():
        held = [replace(read_corpus(work, f"{name}-held"), name=name) for name in TEXTS]
        curves = record(job, read_corpus(work, f"{text}-training"), held, folder=work / job.name)
        write_curves(path, curves)
    return job.name


def measure_end(work: Path, text: str, job: Job) -> str:
    """Keep the losses of a finished model, nats per byte `[evaluations, windows]`, unless they are there.

    The windows are the same for every model; `text`, what it learnt from, makes no difference.
    """
    path = work / f"{job.name}.npy"
    if not path.exists():
        state = checkpoint.load(work / job.name)
        assert state is not None and state["step"] == job.steps, f"{job.name} is not finished"  # noqa: S101, PT018
        losses = []
        with threads(job.threads):
            for name in TEXTS:
                windows = spread(read_corpus(work, f"{name}-held").symbols, job.context, WINDOWS * job.context)
                losses.append([evaluate(state["weights"], size_of(job.size), window[None]) for window in windows])
        buffer = io.BytesIO()
        np.save(buffer, np.array(losses))
        write(path, buffer.getvalue())
    return job.name


def main(arguments: list[str] | None = None) -> None:
    """Record what is not recorded, then write the library and its manifest."""
    parser = argparse.ArgumentParser(prog="python -m experiments.recorder.library", description=__doc__)
    parser.add_argument("--work", type=Path, default=Path("runs/recorder"), help="Folder of texts and single runs.")
    parser.add_argument("--out", type=Path, default=OUT, help="The library that is written.")
    parser.add_argument("--workers", type=int, default=1, help="Runs at once, each with one thread.")
    given = parser.parse_args(arguments)
    sweep(given.work)
    facts = prepare(given.work)
    with ProcessPoolExecutor(given.workers, mp_context=get_context("spawn")) as pool:
        for step in (record_one, measure_end):
            waiting = [pool.submit(step, given.work, text, job) for text, job in jobs()]
            for count, each in enumerate(as_completed(waiting), 1):
                print(f"{step.__name__} {count}/{len(waiting)} {each.result()}", file=sys.stderr, flush=True)
    curves = [curve for _, job in jobs() for curve in read_library(given.work / f"{job.name}.parquet")]
    write_curves(given.out, curves)
    planned = list(jobs())
    manifest = {
        "command": "python -m experiments.recorder.library",
        **machine_facts(),
        **facts,
        "runs": len(planned),
        "training_seconds": round(sum(float(curve.seconds[-1]) for curve in curves[:: len(TEXTS)])),  # one a run
        "effect": effects(planned, {job.name: np.load(given.work / f"{job.name}.npy") for _, job in planned}, TEXTS),
        "settings": {job.name: {k: v for k, v in asdict(job).items() if k != "name"} for _, job in planned},
    }
    write(given.out.with_suffix(".json"), json.dumps(manifest, indent=2) + "\n")


def effects(jobs: Sequence[tuple[str, Job]], losses: dict[str, np.ndarray], held: Sequence[str]) -> dict[str, Any]:
    """Loss of what learnt from `clean` less that of what learnt from `raw`, all else equal; negative: clean is better.

    Args:
        jobs: the runs, each with the name of the text that it learnt from.
        losses: of each run by name, `[evaluations, windows]`.
        held: names of the evaluations.

    Returns:
        For each evaluation: `mean` with `seeds`, the 95 % interval for other seeds at these shapes and texts, and
        `windows`, that for other held-out text at these models; `pairs`: their number; `by_shape`: each shape's mean.
    """
    raw = {job.name: losses[job.name] for text, job in jobs if text == "raw"}
    pairs = {name: losses[name.replace("-raw-", "-clean-")] - each for name, each in raw.items()}
    shapes, out = np.array([name.partition("-raw-")[0] for name in pairs]), {}
    for place, name in enumerate(held):
        differences = np.array([pair[place] for pair in pairs.values()])  # [pairs, windows]
        over_seeds, of_windows = estimate(differences.mean(axis=1), shapes), differences.mean(axis=0)
        half = NORMAL_95 * float(of_windows.std(ddof=1)) / len(of_windows) ** 0.5
        out[name] = {
            "mean": over_seeds.mean,
            "seeds": [over_seeds.lo, over_seeds.hi],
            "pairs": over_seeds.n,
            "windows": [over_seeds.mean - half, over_seeds.mean + half],
            "by_shape": {str(s): float(differences[shapes == s].mean()) for s in dict.fromkeys(shapes)},
        }
    return out


if __name__ == "__main__":
    main()
