"""`steepest traces synth` and `steepest traces fit`: curves from laws, and laws from curves."""

import json
from pathlib import Path
from typing import Annotated, Any, get_args

import typer

from policies.errors import InputError, nearest

AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on standard output and nothing else.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the sub-application of traces."""
    app.command(
        "synth",
        epilog="Example: steepest traces synth --parameters 124e6 --tokens 10e9 --schedule cosine --dataset refinedweb "
        "--gpu h100 --gpus 8 --seeds 4 --out synth.parquet",
    )(synth)
    app.command("fit", epilog="Example: steepest traces fit cosine.csv constant.csv --law annealing --predict wsd.csv")(
        fit
    )


def synth(
    parameters: Annotated[float, typer.Option(help="Parameters, as the scaling law counts them.")],
    tokens: Annotated[float, typer.Option(help="Tokens of the whole run.")],
    out: Annotated[Path, typer.Option(help="The library to write (parquet).")],
    schedule: Annotated[str, typer.Option(help="constant, cosine, wsd, wsd-linear or two-stage.")] = "cosine",
    dataset: Annotated[
        str, typer.Option(help="Constants of the scaling law: refinedweb, redpajama, c4, olmo, epoch or hoffmann.")
    ] = "refinedweb",
    judged_on: Annotated[
        str, typer.Option(help="Where the loss is measured: refinedweb, c4-validation, c4-paloma, redpajama or code.")
    ] = "",
    law: Annotated[str, typer.Option(help="The shape: annealing or multipower.")] = "annealing",
    gpu: Annotated[str, typer.Option(help="a100-40, a100, h100, h200 or gb200.")] = "h100",
    gpus: Annotated[int, typer.Option(help="How many of them.")] = 8,
    tokens_per_step: Annotated[float, typer.Option(help="Tokens of one optimiser step.")] = 524_288.0,
    warmup: Annotated[int | None, typer.Option(help="Steps of the warm-up; 9 % of the run, at most 2,160.")] = None,
    start: Annotated[int | None, typer.Option(help="Step at which the learning rate begins to fall.")] = None,
    end: Annotated[float, typer.Option(help="Last learning rate as a share of the peak.")] = 0.1,
    points: Annotated[int, typer.Option(help="Points of a curve.")] = 200,
    kind: Annotated[str, typer.Option(help="validation or train.")] = "validation",
    noise: Annotated[bool, typer.Option(help="Whether runs, points and steps differ by chance.")] = True,
    failure: Annotated[str, typer.Option(help="plateau, nan, restart or cut.")] = "",
    seeds: Annotated[int, typer.Option(help="Runs, which differ by their seeds only.")] = 1,
    seed: Annotated[int, typer.Option(help="Seed of all random streams.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Synthesise training curves from published laws, and write them as a library; nothing in it was measured."""
    from experiments.curves.library import describe, write_synthesised
    from sim.traces.curve import Kind
    from sim.traces.synth import Spec

    if kind not in get_args(Kind):
        raise InputError(f"--kind {kind}: {nearest(kind, get_args(Kind))}")
    spec = Spec(
        parameters, tokens, dataset, judged_on, schedule, warmup, start, end, tokens_per_step, law, gpu, gpus, points,
        "train" if kind == "train" else "validation", noise, failure, seed,
    )  # fmt: skip
    found = write_synthesised(out, spec, seeds)
    _print(found, describe(found), as_json)


def fit(
    paths: Annotated[list[Path], typer.Argument(help="Libraries, logs, folders, or tables with a column lr.")],
    law: Annotated[str, typer.Option(help="annealing, multipower or chinchilla.")],
    predict: Annotated[list[Path] | None, typer.Option(help="Hold the law against this too; may be repeated.")] = None,
    out: Annotated[Path | None, typer.Option(help="Write the fit to this file (JSON).")] = None,
    schedule: Annotated[str, typer.Option(help="Schedule of curves that do not tell their learning rates.")] = "",
    warmup: Annotated[
        int | None, typer.Option(help="Steps of their warm-up, and of tables that begin after it.")
    ] = None,
    loss: Annotated[str, typer.Option(help="The column of the loss.")] = "",
    where: Annotated[
        list[str] | None, typer.Option(help="Only rows with COLUMN=VALUE, COLUMN>=NUMBER or COLUMN<=NUMBER.")
    ] = None,
    skip: Annotated[
        float, typer.Option(min=0.0, max=0.9, help="Leave out this share of every curve's beginning.")
    ] = 0.0,
    resamples: Annotated[int, typer.Option(min=0, max=100_000, help="Bootstrap samples; 0 for no intervals.")] = 200,
    seed: Annotated[int, typer.Option(help="Seed of the bootstrap.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Fit a law to curves (annealing, multipower) or to finished runs (chinchilla), with 95 % intervals."""
    from experiments.curves.fit import describe
    from experiments.curves.fit import fit as fitted
    from experiments.curves.problems import LAWS
    from experiments.curves.reading import Reading, condition_of, read_curves, read_finished

    if law not in LAWS:
        raise InputError(f"--law {law}: {nearest(law, LAWS)}")
    reading = Reading(schedule, warmup, loss, tuple(condition_of(words) for words in where or ()), skip)
    ends = law == "chinchilla"
    given: Any = read_finished(paths, reading) if ends else read_curves(paths, reading)
    held_out: list[Any] = []
    if predict:
        held_out = [read_finished([path], reading, 1) for path in predict] if ends else read_curves(predict, reading)
    document = fitted(law, given, resamples, seed).document(held_out)
    if out is not None:
        out.write_text(json.dumps(document, indent=2, allow_nan=False) + "\n", encoding="utf-8")
    _print(document, describe(document), as_json)


def _print(document: dict[str, Any], words: str, as_json: bool) -> None:
    print(json.dumps(document, indent=2, allow_nan=False) if as_json else words)
