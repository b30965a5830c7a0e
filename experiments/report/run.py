"""The page of a run: of replayed races, or of simulated worlds."""

from pathlib import Path

from experiments.files import sweep, write
from experiments.report import differences
from experiments.report.answer import race_answer, world_answer
from experiments.report.drawn_lanes import choose_lanes, split
from experiments.report.epsilon import epsilon
from experiments.report.losses import race_losses, world_losses
from experiments.report.method import race_method, world_method
from experiments.report.origin import origin
from experiments.report.page import page
from experiments.report.pay import race_pay, world_pay
from experiments.report.reigns import race_reigns, world_reigns
from experiments.report.results import read
from experiments.report.table import RACE, WORLD, table
from experiments.results.store import Store


def write_page(store: Store) -> Path:
    """Write the page of a run, see `experiments.report.build`."""
    results = read(store)
    drawn = choose_lanes(results)
    parts = list(split(results, drawn))
    if results.world is None:
        template = "race.html"
        tables = [table("all races", results, drawn, RACE)]
        figures = [
            race_losses(parts),
            differences.forest(results, drawn, parts),
            epsilon(drawn),
            race_reigns(parts),
            race_pay(results, drawn),
        ]
        values = {**race_answer(results), **race_method(results)}
    else:
        template = "world.html"
        cases = [case.name for case in results.contests] if len(results.contests) > 1 else []
        tables = [table("all cases", results, drawn, WORLD)]
        tables += [table(name, results.select_contest(name), drawn, WORLD) for name in cases]
        figures = [
            world_losses(parts),
            differences.forest(results, drawn, parts),
            differences.cases(results, drawn),
            differences.tradeoff(results, drawn),
            world_pay(results, drawn),
            differences.deviations(results, drawn),
            epsilon(drawn),
            world_reigns(parts),
        ]
        values = {**world_answer(results), **world_method(results)}
    values |= {"results": results, "origin": origin(store.folder), "drawn": drawn}
    path = store.folder / "report.html"
    sweep(store.folder)
    write(path, page(template, results.name, results.manifest["question"], tables, figures, values))
    return path
