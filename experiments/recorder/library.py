"""The traces that are shipped: `python -m experiments.recorder.library`, which goes on where it was stopped.

Three sizes, three schedules, two optimisers, two corpora made from the same text (raw and clean), two seeds; every
model is measured on the held-out documents of both corpora. One run is one process with one thread.
"""

import argparse
import io
import json
import sys
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from experiments.recorder.cleaning import splits
from experiments.recorder.corpus import Corpus, corpus
from experiments.recorder.job import Job
from experiments.recorder.plan import TEXTS, jobs
from experiments.recorder.quality import effects, final_losses
from experiments.recorder.texts import PACKAGES, sources, texts
from experiments.recorder.train import record
from experiments.recorder.written import write_curves
from experiments.run.files import sweep, write
from sim.traces.curve import read_library

OUT = Path(__file__).parents[1] / "traces" / "recorded-cpu.parquet"


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
                made = kept(work, f"{name}-{side}")
                size = {"documents": made.documents, "bytes": len(made.symbols) - made.documents}
                facts["corpora"][f"{name}-{side}"] = {**size, "sha256": made.digest}
        write(path, json.dumps(facts, indent=2) + "\n")
    return dict(json.loads(path.read_text(encoding="utf-8")))


def kept(work: Path, name: str) -> Corpus:
    """One of the prepared corpora, cut where it was: at form feeds."""
    return corpus(name, (work / f"{name}.txt").read_bytes().split(b"\f"))


def one(work: Path, text: str, job: Job) -> str:
    """Record one run, unless its curves are there."""
    path = work / f"{job.name}.parquet"
    if not path.exists():
        held = [replace(kept(work, f"{name}-held"), name=name) for name in TEXTS]
        curves = record(job, kept(work, f"{text}-training"), held, folder=work / job.name)
        write_curves(path, curves)
    return job.name


def last(work: Path, text: str, job: Job) -> str:
    """Measure one finished model more closely, unless that is done; `text` is what it learnt from."""
    path = work / f"{job.name}.npy"
    if not path.exists():
        buffer = io.BytesIO()
        np.save(buffer, final_losses(job, work / job.name, [kept(work, f"{name}-held") for name in TEXTS]))
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
        for does in (one, last):
            waiting = [pool.submit(does, given.work, text, job) for text, job in jobs()]
            for count, each in enumerate(as_completed(waiting), 1):
                print(f"{does.__name__} {count}/{len(waiting)} {each.result()}", file=sys.stderr, flush=True)
    curves = [curve for _, job in jobs() for curve in read_library(given.work / f"{job.name}.parquet")]
    write_curves(given.out, curves)
    write(given.out.with_suffix(".json"), json.dumps(_manifest(given.work, facts), indent=2) + "\n")


def _manifest(work: Path, facts: dict[str, Any]) -> dict[str, Any]:
    """How the library came to be, and what the choice of text was worth."""
    from experiments.recorder.machine import facts as machine  # noqa: PLC0415 - it asks torch

    each = list(jobs())
    curves = {job.name: read_library(work / f"{job.name}.parquet") for _, job in each}
    seconds = {name: float(found[0].seconds[-1]) for name, found in curves.items()}
    effect = effects(each, {job.name: np.load(work / f"{job.name}.npy") for _, job in each}, TEXTS)
    return {
        "command": "python -m experiments.recorder.library",
        **machine(),
        **facts,
        "runs": len(each),
        "training_seconds": round(sum(seconds.values())),
        "effect": effect,
        "settings": {job.name: {k: v for k, v in asdict(job).items() if k != "name"} for _, job in each},
    }


if __name__ == "__main__":
    main()
