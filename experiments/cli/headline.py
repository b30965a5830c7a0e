"""The answer of a run on one screen, and as one JSON document."""

import json
from math import floor, log10
from pathlib import Path
from typing import Any

from experiments.results.compare import LaneResult, compare, counterparts, policy_name
from experiments.results.estimate import Estimate
from experiments.results.store import Store
from experiments.run.experiment import Outcome

Headings = dict[str, tuple[str, float]]
"""Metric -> its heading and what it is multiplied by, after the descent area and its difference."""

RACE: Headings = {
    "crowns": ("crowns", 1.0),
    "reign_mean": ("mean reign\n(days)", 1.0),
    "stagnation_longest": ("longest stag-\nnation (days)", 1.0),
    "eligibility_gap": ("eligibility\ngap G1", 1.0),
    "misallocation": ("misallo-\ncation TV", 1.0),
    "rank_correlation": ("rank cor-\nrelation", 1.0),
    "false_dethroning": ("false de-\nthroning", 1.0),
    "hhi": ("HHI", 1.0),
}
WORLD: Headings = {
    "efficiency": ("eta per M\nGPU hours", 1e3),
    "waste": ("waste W", 1.0),
    "eligibility_gap": ("eligibility\ngap G1", 1.0),
    "misallocation": ("misallo-\ncation TV", 1.0),
    "dishonest_share": ("dishonest\nshare", 1.0),
    "false_dethroning": ("false de-\nthroning", 1.0),
    "delay_p95": ("p95 delay\n(hours)", 24.0),
}
"""The last ones go where it is narrow."""

DUST = 1e-9
"""Less is what a softmax leaves to a loser, 1e-44 of the emission, and is shown as 0."""
OF_WORLDS = (
    "A lane is a policy in a population, and is compared with the baseline's policy in the same one. eta: log loss "
    "gained per million GPU hours. "
)
WIDE = 150
"""Width of the table where standard output is not a terminal."""


def document(store: Store, outcome: Outcome) -> dict[str, Any]:
    """The JSON document of `run` and `replay`."""
    rewards, courses, manifest = _rewards(store), _courses(store), store.manifest()
    mixes, games = manifest.get("mixes", {}), {game["lane"]: game for game in manifest.get("games", ())}
    return {
        "run": str(outcome.folder),
        "worlds": outcome.worlds,
        "failed": outcome.failed,
        "lanes": [
            {
                "lane": r.lane,
                "policy": next(iter(json.loads(r.policy))),
                "reward": next(iter(rewards[r.lane])),
                "reward_parameters": next(iter(rewards[r.lane].values())),
                "population": games[r.lane]["population"] if r.lane in games else r.population,
                "start": games[r.lane]["start"] if r.lane in games else None,
                "mix": mixes.get(r.lane, {}),
                "courses": courses.get(r.lane, {}),
                "parameters": next(iter(json.loads(r.policy).values())),
                "semantics": r.semantics,
                "metrics": {name: e.document() for name, e in r.metrics.items()},
                "difference": {name: e.document() for name, e in r.differences.items()},
            }
            for r in compare(store).lanes
        ],
    }


def _rewards(store: Store) -> dict[str, dict[str, Any]]:
    """How each lane divides the emission; the lanes of races all do as the subnet does."""
    rows = store.table("metrics").to_pydict()
    told = rows.get("reward", [None] * len(rows["lane"]))
    return {lane: json.loads(spec or '{"subnet": {}}') for lane, spec in zip(rows["lane"], told, strict=True)}


def _courses(store: Store) -> dict[str, dict[str, float]]:
    """For each lane the shares of the active miners that are on the courses of a menu at the end; empty without one."""
    rows = store.table("emission").to_pandas()
    rows = rows[rows["course"].fillna("") != ""] if "course" in rows else rows[:0]
    shares = (
        rows[rows["active"].astype(bool)].groupby("lane")["course"].value_counts(normalize=True) if len(rows) else {}
    )
    names = rows["course"].unique() if len(rows) else ()
    return {lane: {name: float(shares.get((lane, name), 0.0)) for name in names} for lane in rows["lane"].unique()}


def table(store: Store, outcome: Outcome, report: Path) -> None:
    """Print the headline table, best descent first, and where everything lies."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    manifest = store.manifest()
    worlds = manifest.get("kind") == "world"
    lanes = sorted(compare(store).lanes, key=_last)
    base = {lanes[i].lane for i in counterparts(lanes, manifest["baseline"])}
    console = Console(width=None if Console().is_terminal else WIDE)
    shown = list((WORLD if worlds else RACE).items())[: max(3, (console.width - 64) // 13)]
    out = Table(title=Text(_title(manifest, outcome)), title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    out.add_column("lane", overflow="fold", max_width=34)
    name = next(policy_name(r) for r in lanes if r.lane == manifest["baseline"])
    for heading in ("descent\narea A", f"A less that of\n{name}", *(heading for _, (heading, _) in shown)):
        out.add_column(Text(heading), justify="right", no_wrap=True)
    for r, alike in _grouped(lanes, base):
        texts = [_text(r.metrics["descent_area"]), _text(r.differences["descent_area"], sign=True)]
        texts += [_text(_scaled(r.metrics[metric], scale)) for metric, (_, scale) in shown]
        out.add_row(
            Text(r.lane + (f" (+{alike} alike)" if alike else "")),
            *texts,
            style="bold" if r.lane in base else "",
        )
    console.print(out)
    console.print(Text(_note(lanes, worlds)))
    if games := manifest.get("games"):
        from experiments.cli.settled import settled_table, unsettled_note

        regret = {r.lane: _text(r.metrics["regret"], sign=True) for r in lanes}
        console.print(settled_table(games, manifest["mixes"], regret))
        console.print(Text(unsettled_note(games)))
    console.print(Text(f"report  {report}\ntables  {outcome.folder}/*.parquet"), soft_wrap=True)
    if outcome.failed:
        Console(stderr=True).print(
            Text(f"{outcome.failed} of {outcome.worlds} worlds failed; see the error column of metrics.parquet")
        )


def _note(lanes: list[LaneResult], worlds: bool) -> str:
    """What the table does not say of itself."""
    over = "over worlds; cases and populations are fixed" if worlds else "over noise seeds; races are fixed"
    return (
        "A: mean over the contest of ln(first loss / king's loss). 0.0608(12) means 0.0608 with a 95 % interval "
        f"of ±0.0012 {over}. n: {_counts(lanes)}. {OF_WORLDS if worlds else ''}A preset brings its epsilon only, "
        "unless it says own rules."
    )


def _last(r: LaneResult) -> float:
    """Sorts by descent, lanes without any world last."""
    area = r.metrics["descent_area"]
    return -area.mean if area.n else 1.0


def _scaled(e: Estimate, scale: float) -> Estimate:
    return Estimate(scale * e.mean, scale * e.lo, scale * e.hi, e.n)


def _grouped(lanes: list[LaneResult], baselines: set[str]) -> list[tuple[LaneResult, int]]:
    """Lanes, and how many others of the same policy and results each stands for; a baseline for itself."""
    groups: dict[tuple[object, ...], list[LaneResult]] = {}
    for r in lanes:
        results = tuple(str(e) for e in r.metrics.values())
        key = (r.lane in baselines, r.policy, r.semantics, r.population, results)
        groups.setdefault(key, []).append(r)
    return [(group[0], len(group) - 1) for group in groups.values()]


def _title(manifest: dict[str, Any], outcome: Outcome) -> str:
    races = ", ".join(manifest["races"])
    ran = f"{outcome.ran} run now in {outcome.seconds:.1f} s"
    return f"{races}: {_worlds(outcome.worlds)} ({ran}), seed {manifest['seed']}"


def _counts(lanes: list[LaneResult]) -> str:
    counts = sorted({r.metrics["descent_area"].n for r in lanes})
    return " to ".join(_worlds(n) for n in dict.fromkeys((counts[0], counts[-1])))


def _worlds(n: int) -> str:
    return f"{n} world{'' if n == 1 else 's'}"


def _text(e: Estimate, sign: bool = False) -> str:
    """A mean with half its interval in the last digits: 0.0608(12); two digits of the half-width."""
    if not e.n:
        return "-"
    half, plus = (e.hi - e.lo) / 2, "+" if sign else ""
    if max(abs(e.mean), half) < DUST:
        return f"{0:{plus}}"
    if not half > 1e-9 * abs(e.mean):  # no spread, or no more than rounding
        return f"{e.mean:{plus}.4g}"
    digits = max(0, 1 - floor(log10(half)))
    return f"{e.mean:{plus}.{digits}f}({round(half * 10**digits)})"
