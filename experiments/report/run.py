"""The page of a run: of replayed races, or of simulated worlds."""

from pathlib import Path

from experiments.files import sweep, write
from experiments.report import differences, epsilon, losses, pay, reigns
from experiments.report.answer import race_answer, world_answer
from experiments.report.looks import choose
from experiments.report.method import race_method, world_method
from experiments.report.origin import origin
from experiments.report.page import page
from experiments.report.results import parts, read
from experiments.report.table import RACE, WORLD, table
from experiments.results.store import Store


def write_page(store: Store) -> Path:
    """Write the page of a run, see `experiments.report.build`."""
    results = read(store)
    lanes = choose(results)
    each = list(parts(results, lanes))
    if results.world is None:
        template = "race.html"
        tables = [table("all races", results, lanes, RACE)]
        figures = [
            losses.of_race(each),
            differences.forest(results, lanes, each),
            epsilon.figure(lanes),
            reigns.of_race(each),
            pay.of_race(results, lanes),
        ]
        values = {**race_answer(results), **race_method(results)}
    else:
        template = "world.html"
        cases = [case.name for case in results.races] if len(results.races) > 1 else []
        tables = [table("all cases", results, lanes, WORLD)]
        tables += [table(name, results.of_race(name), lanes, WORLD) for name in cases]
        figures = [
            losses.of_world(each),
            differences.forest(results, lanes, each),
            differences.cases(results, lanes),
            differences.tradeoff(results, lanes),
            pay.of_world(results, lanes),
            differences.deviations(results, lanes),
            epsilon.figure(lanes),
            reigns.of_world(each),
        ]
        values = {**world_answer(results), **world_method(results)}
    values |= {"results": results, "origin": origin(store.folder), "left_out": lanes.left_out}
    path = store.folder / "report.html"
    sweep(store.folder)
    write(path, page(template, results.name, results.manifest["question"], tables, figures, values))
    return path
