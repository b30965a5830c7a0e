"""A results folder of a small race under three policies, made without a recipe."""

from small_race import finished, lane, small_race

from experiments.results.store import Store
from experiments.results.tables import failed, submissions, tables
from sim.race.race import NoiseLevel

ROWS = ((0, "ann", 3.0), (7200, "bob", 2.95), (14400, "ann", 2.945), (21600, "cid", 2.93))
WALL, DOOR, SLOPE = LANES = (
    lane({"fixed": {"epsilon": 0.05}}, "wall"),
    lane({"fixed": {"epsilon": 0}}, "open door"),
    lane("linear", "slope"),
)
NOISY = NoiseLevel(paired=0.002, common=0.01)


def store(folder, *, rows=ROWS, lanes=LANES, worlds=(0, 1), noise=NOISY, broken=(), name="small", question="Who?"):
    """A complete results folder, made by hand; the first lane is the baseline."""
    race = small_race(*rows, name=name)
    made = Store(folder / "tiny" / "0123")
    good = [w for w in worlds if w not in broken]
    if good:
        world = finished(race, *lanes, worlds=tuple(good), noise=noise)
        for number, found in tables(world, good).items():
            made.add(race.name, {number: found})
    for number in broken:
        made.add(race.name, {number: failed(race, lanes, number, f"Traceback\nError: <i>world {number}</i>")})
    manifest = {
        "steepest": "0",
        "python": "3",
        "libraries": {"numpy": "2"},
        "machine": "m",
        "seed": 1,
        "workers": 1,
        "command": "steepest run x",
        "finished": "2026-01-01",
        "worlds": len(worlds),
        "races": [race.name],
        "unit": race.unit,
        "lanes": [one.name for one in lanes],
        "baseline": lanes[0].name,
        "question": question,
        "worlds_run": len(worlds),
        "simulation_seconds": 0.5,
    }
    made.finish("name: tiny\n", manifest, submissions(race))
    return made
