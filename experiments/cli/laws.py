"""`steepest traces synth` and `steepest traces fit`: curves from laws, and laws from curves."""

import json
from math import isfinite
from pathlib import Path
from statistics import fmean, stdev
from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer

from experiments.cli.terminal import AsJson, print_found, print_json
from experiments.cli.traces import traces_app
from policies.errors import InputError, nearest

if TYPE_CHECKING:
    from sim.traces.curve import Curve

MOST_SEEDS = 10_000


@traces_app.command(
    epilog="Example: steepest traces synth --parameters 124e6 --tokens 10e9 --schedule cosine --dataset refinedweb "
    "--gpu h100 --gpus 8 --seeds 4 --out synth.parquet"
)
def synth(
    parameters: Annotated[float, typer.Option(help="Parameters, as the scaling law counts them.")],
    tokens: Annotated[float, typer.Option(help="Tokens of the whole run.")],
    out: Annotated[Path, typer.Option(help="The library to write (parquet).")],
    schedule: Annotated[str, typer.Option(help="Schedule: constant, cosine, wsd, wsd-linear or two-stage.")] = "cosine",
    dataset: Annotated[
        str, typer.Option(help="Scaling law, by data set: refinedweb, redpajama, c4, olmo, epoch or hoffmann.")
    ] = "refinedweb",
    judged_on: Annotated[
        str, typer.Option(help="Where the loss is measured: refinedweb, c4-validation, c4-paloma, redpajama or code.")
    ] = "",
    law: Annotated[str, typer.Option(help="Law of the shape: annealing or multipower.")] = "annealing",
    gpu: Annotated[str, typer.Option(help="Kind of GPU: a100-40, a100, h100, h200 or gb200.")] = "h100",
    gpus: Annotated[int, typer.Option(help="Number of GPUs.")] = 8,
    tokens_per_step: Annotated[float, typer.Option(help="Tokens of one optimiser step.")] = 524_288.0,
    warmup: Annotated[int | None, typer.Option(help="Steps of the warm-up; 9 % of the run, at most 2,160.")] = None,
    start: Annotated[int | None, typer.Option(help="Step at which the learning rate begins to fall.")] = None,
    end: Annotated[float, typer.Option(help="Last learning rate as a share of the peak.")] = 0.1,
    points: Annotated[int, typer.Option(help="Points of a curve.")] = 200,
    kind: Annotated[str, typer.Option(help="Which loss: validation or train.")] = "validation",
    noise: Annotated[bool, typer.Option(help="Let runs, points and steps differ by chance.")] = True,
    failure: Annotated[str, typer.Option(help="Failure of the run: plateau, nan, restart or cut.")] = "",
    seeds: Annotated[int, typer.Option(help="Number of runs; they differ by their seeds only.")] = 1,
    seed: Annotated[int, typer.Option(help="Seed of all random streams.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Synthesise training curves from published laws, and write them as a library; nothing in it was measured."""
    from sim.traces.curve import Kind, write_library
    from sim.traces.synth import Spec, runs

    if kind not in get_args(Kind):
        raise InputError(f"--kind {kind}: {nearest(kind, get_args(Kind))}")
    if not 1 <= seeds <= MOST_SEEDS:
        raise InputError(f"--seeds {seeds}: must be between 1 and {MOST_SEEDS}")
    spec = Spec(
        parameters, tokens, dataset, judged_on, schedule, warmup, start, end, tokens_per_step, law, gpu, gpus, points,
        "train" if kind == "train" else "validation", noise, failure, seed,
    )  # fmt: skip
    curves = list(runs(spec, seeds))
    write_library(out, curves)
    if as_json:
        print_json({"out": str(out), "curves": list(map(_entry, curves)), "warnings": list(curves[0].warnings)})
    else:
        print(f"{out}: {_describe(curves)}")


def _entry(curve: "Curve") -> dict[str, Any]:
    return {
        "run": curve.run,
        "seed": curve.seed,
        "points": len(curve),
        "steps": float(curve.step[-1]),
        "final_loss": curve.final_loss if isfinite(curve.final_loss) else None,
        "hours": float(curve.seconds[-1]) / 3600,
        "hardware": curve.hardware,
        "dataset": curve.dataset,
        "flags": list(curve.flags),
    }


def _describe(curves: list["Curve"]) -> str:
    losses = [curve.final_loss for curve in curves if isfinite(curve.final_loss)]
    ends = f"final loss {fmean(losses):.4f} nats" if losses else "no run came to its end"
    if len(losses) > 1:
        ends += f" (sd {stdev(losses):.4f} over {len(losses)} runs)"
    hours, first = fmean(float(curve.seconds[-1]) for curve in curves) / 3600, curves[0]
    return "\n".join(
        [
            f"{len(curves)} synthesised curve{'s' * (len(curves) != 1)}, {len(first)} points each",
            f"{ends}, {hours:.2f} hours on {first.hardware}, measured on {first.dataset}",
            *first.warnings,
        ]
    )


@traces_app.command(epilog="Example: steepest traces fit cosine.csv constant.csv --law annealing --predict wsd.csv")
def fit(
    paths: Annotated[list[Path], typer.Argument(help="Libraries, logs, folders, or tables with a column lr.")],
    law: Annotated[str, typer.Option(help="annealing, multipower or chinchilla.")],
    predict: Annotated[list[Path] | None, typer.Option(help="Compare the law with these too; may be repeated.")] = None,
    out: Annotated[Path | None, typer.Option(help="Write the fit to this file (JSON).")] = None,
    schedule: Annotated[str, typer.Option(help="Learning-rate schedule of curves that do not tell theirs.")] = "",
    warmup: Annotated[
        int | None, typer.Option(help="Steps of the warm-up of that schedule, and of tables that begin after it.")
    ] = None,
    loss: Annotated[str, typer.Option(help="Column of the loss.")] = "",
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
    from experiments.curves.fit import fit as fit_law
    from experiments.curves.problems import LAWS
    from experiments.curves.reading import LOSS, Reading, condition_of, read_curves, read_finished

    if law not in LAWS:
        raise InputError(f"--law {law}: {nearest(law, LAWS)}")
    conditions = tuple(condition_of(words) for words in where or ())
    reading = Reading(schedule, warmup, (loss,) if loss else LOSS, conditions, skip)
    finished = law == "chinchilla"
    given: Any = read_finished(paths, reading) if finished else read_curves(paths, reading)
    unseen: list[Any] = []
    if predict:
        unseen = [read_finished([path], reading, 1) for path in predict] if finished else read_curves(predict, reading)
    document = fit_law(law, given, resamples, seed).document(unseen)
    if out is not None:
        out.write_text(json.dumps(document, indent=2, allow_nan=False) + "\n", encoding="utf-8")
    print_found(document, as_json, describe)
