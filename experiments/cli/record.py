"""`steepest traces record`: train a small model here and keep its loss curve."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from experiments.cli.terminal import stoppable
from experiments.cli.traces import traces_app
from experiments.run.progress import bar
from policies.errors import InputError

if TYPE_CHECKING:
    from experiments.recorder.text import Corpus


@traces_app.command(
    "record", epilog="Example: steepest traces record texts/ --size 50k --tokens 5e5 --lr 5e-3 --out trace.parquet"
)
def record_command(
    corpus: Annotated[Path, typer.Argument(help="Text to learn from: a file, or a folder of them.")],
    evaluate: Annotated[
        list[str] | None,
        typer.Option(
            "--eval",
            metavar="NAME=PATH",
            help="Measure the loss on this text; may be repeated. Without it one document "
            "in twenty of CORPUS is held out.",
        ),
    ] = None,
    size: Annotated[str, typer.Option(help="Parameters of the model: 20k, 50k, 200k, 600k, 1m, 3m, 10m.")] = "200k",
    schedule: Annotated[
        str, typer.Option(help="Learning-rate schedule: constant, cosine, wsd, wsd-linear, two-stage.")
    ] = "cosine",
    optimiser: Annotated[str, typer.Option(help="Optimiser: adamw or muon.")] = "adamw",
    tokens: Annotated[float, typer.Option(help="Bytes to see in all; a token is a byte.")] = 2e6,
    batch: Annotated[int, typer.Option(help="Windows per step.")] = 16,
    context: Annotated[int, typer.Option(help="Bytes per window.")] = 128,
    lr: Annotated[float, typer.Option(help="Peak learning rate.")] = 1e-3,
    every: Annotated[int, typer.Option(help="Steps between validations, and between checkpoints.")] = 50,
    seed: Annotated[int, typer.Option(help="Seed of the weights and of the order of the text.")] = 0,
    device: Annotated[str, typer.Option(help="Device: cpu, cuda or auto.")] = "cpu",
    threads: Annotated[int, typer.Option(help="CPU threads; another number may change the last digits of a loss.")] = 1,
    name: Annotated[str | None, typer.Option(help="Name of the run; made from the settings if left out.")] = None,
    out: Annotated[Path, typer.Option(help="The library of curves (parquet) that is written.")] = Path("trace.parquet"),
    checkpoint: Annotated[
        Path | None, typer.Option(help="Folder from which a recording that was stopped goes on.")
    ] = None,
) -> None:
    """Train a small language model on a text and keep its validation loss as a trace, a curve per evaluation."""
    from experiments.recorder.job import Job
    from experiments.recorder.machine import device_of
    from experiments.recorder.recording import record, write_curves

    if out.is_dir():
        raise InputError(f"--out {out} is a folder; give the name of a file, e.g. {out / 'trace.parquet'}")
    run = name or f"{size}-{schedule}-{optimiser}-{corpus.resolve().stem}-s{seed}"
    job = Job(run, size, schedule, optimiser, tokens, batch, context, lr, seed, every, threads)
    where = device_of(device)
    text, evaluations = _texts(corpus, evaluate or [])
    out.parent.mkdir(parents=True, exist_ok=True)  # before the work, not after it
    advice = "run it again to go on from the checkpoint" if checkpoint else "nothing was kept: give --checkpoint FOLDER"
    with stoppable(advice), bar(run, "steps") as progress:
        curves = record(job, text, evaluations, where, checkpoint, progress)
    write_curves(out, curves)
    for curve in curves:
        flags = f" ({', '.join(curve.flags)})" if curve.flags else ""
        print(f"{curve.run}: {len(curve)} points, final loss {curve.final_loss:.4f} nats per byte{flags}")
    print(out)


def _texts(path: Path, given: list[str]) -> tuple["Corpus", list["Corpus"]]:
    """What is learnt from and what is measured on; a document of the latter is left out of the former."""
    from experiments.recorder.text import corpus, documents, split

    warnings: list[str] = []
    learnt = list(documents(path, warnings))
    if not given:
        learnt, held = split(learnt)
        return corpus(path.resolve().name, learnt, warnings), [corpus("held-out", held)]
    evaluations = {}
    for each in given:
        label, found, place = each.partition("=")
        if not found or not label or "/" in label or label in evaluations:
            raise InputError(
                f"--eval {each!r}: give NAME=PATH, each name once and without a slash, e.g. --eval wiki=wiki.txt"
            )
        evaluations[label] = list(documents(Path(place), warnings))
    known = {text for texts in evaluations.values() for text in texts}
    rest = [text for text in learnt if text not in known]
    if len(rest) < len(learnt):
        warnings.append(f"documents of an evaluation left out of training: {len(learnt) - len(rest)}")
    return corpus(path.resolve().name, rest, warnings), [corpus(label, texts) for label, texts in evaluations.items()]
