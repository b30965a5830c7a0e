"""The answer of a run on one screen, and as one JSON document."""

import json
from collections.abc import Mapping, Sequence
from math import floor, isfinite, log10
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.results.answer import answer, places, relative
from experiments.results.compare import LaneResult, compare, counterparts, policy_name
from experiments.results.estimate import Estimate, worlds_needed
from experiments.results.store import Store
from experiments.run.experiment import Outcome
from policies import names

if TYPE_CHECKING:
    from rich.console import Console

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
"""The last ones are left out where the terminal is narrow."""

DUST = 1e-9
"""Less is what a softmax leaves to a loser, 1e-44 of the emission, and is shown as 0."""
OF_WORLDS = (
    "A lane is a policy in a population, and is compared with the baseline's policy in the same one. eta: log loss "
    "gained per million GPU hours. "
)
TOO_FEW = "How many worlds a difference takes is not known: it needs two worlds or more, and lanes that differ."
WIDE, NARROW = 150, 80
"""Width of the full table, and of everything else, where standard output is not a terminal."""
BEST = 5
"""How many lanes the short table has beside the baselines and policies of the user's own."""
LEGEND = (
    "descent: how far the loss of the best paid model fell, averaged over the contest, and compute (GPU hours), both "
    "against the baseline in the same population; ± is half a 95 % interval. "
)
LEGEND_OF_RACES = (
    "descent: how far the loss of the best paid model fell, averaged over the contest, and the longest wait for a "
    "better king, both against the baseline; pay gone astray: to others than those who made the loss fall. "
)


def document(store: Store, outcome: Outcome, detect: float | None = None) -> dict[str, Any]:
    """The JSON document of `run` and `replay`; with `detect`, each lane says its `worlds_needed`."""
    rows = store.table("metrics").to_pydict()
    told = rows.get("reward", [None] * len(rows["lane"]))  # races have none: all their lanes pay as the subnet does
    rewards = {lane: json.loads(spec or '{"subnet": {}}') for lane, spec in zip(rows["lane"], told, strict=True)}
    courses, options = _chosen(store, "course"), _chosen(store, "option")
    manifest, lanes = store.manifest(), []
    games = {game["lane"]: game for game in manifest.get("games", ())}
    found = compare(store).lanes
    needed = {} if detect is None else _needed(store, found, detect)
    for r in found:
        ((policy, parameters),), ((reward, of_reward),) = json.loads(r.policy).items(), rewards[r.lane].items()
        lanes.append(
            {
                "lane": r.lane,
                "policy": policy,
                "reward": reward,
                "reward_parameters": of_reward,
                "population": games[r.lane]["population"] if r.lane in games else r.population,
                "start": games[r.lane]["start"] if r.lane in games else None,
                "mix": manifest.get("mixes", {}).get(r.lane, {}),
                "courses": courses.get(r.lane, {}),
                "options": options.get(r.lane, {}),
                "parameters": parameters,
                "semantics": r.semantics,
                "metrics": {name: e.document() for name, e in r.metrics.items()},
                "difference": {name: e.document() for name, e in r.differences.items()},
                **({} if detect is None else {"worlds_needed": needed[r.lane]}),
            }
        )
    return {
        "run": str(outcome.folder),
        "worlds": outcome.worlds,
        "failed": outcome.failed,
        "answer": answer(found, manifest),
        "lanes": lanes,
    }


def _needed(store: Store, lanes: Sequence[LaneResult], detect: float) -> dict[str, int | None]:
    """By lane the worlds per case that show a difference of `detect` of A to its baseline; see `worlds_needed`."""
    manifest = store.manifest()
    bases = [lanes[i].metrics["descent_area"].mean for i in counterparts(lanes, manifest["baseline"])]
    return {
        r.lane: worlds_needed(r.differences["descent_area"], manifest["worlds"], detect * abs(base)) if base else None
        for r, base in zip(lanes, bases, strict=True)
    }


def _chosen(store: Store, what: str) -> dict[str, dict[str, float]]:
    """For each lane with a menu the shares of the active miners by their course or option at the end."""
    emission = store.table("emission")
    if what not in emission.column_names or not any(emission[what].unique().to_pylist()):  # of older runs null
        return {}
    rows = emission.to_pandas()  # pandas is slow to load, and most worlds have no menu
    rows = rows[rows[what] != ""]
    shares = rows[rows["active"]].groupby("lane")[what].value_counts(normalize=True)
    names = sorted(rows[what].unique())
    return {lane: {name: float(shares.get((lane, name), 0.0)) for name in names} for lane in rows["lane"].unique()}


def print_result(store: Store, outcome: Outcome, report: Path, detect: float | None = None, full: bool = False) -> None:
    """Print the answer, a table, and where everything lies; with `detect`, the worlds that a difference takes."""
    from rich.console import Console
    from rich.text import Text

    manifest, lanes = store.manifest(), compare(store).lanes
    console = Console(width=None if Console().is_terminal else WIDE if full else NARROW)
    console.print(Text("\n".join(answer(lanes, manifest))))
    (_print_all if full else _print_best)(console, lanes, manifest)
    if detect is not None:
        known = {lane: count for lane, count in _needed(store, lanes, detect).items() if count is not None}
        takes = [f"{count:,} for {lane!r}" for lane, count in sorted(known.items(), key=lambda each: each[1])]
        told = f"Worlds per case that show a difference of {detect:.3g} A (chance 80 %, two-sided test at 5 %): "
        console.print(Text(told + ", ".join(takes) if takes else TOO_FEW))
    ran = f"{outcome.ran} run now in {outcome.seconds:.1f} s"
    title = f"{', '.join(manifest['races'])}: {_worlds(outcome.worlds)} ({ran}), seed {manifest['seed']}"
    console.print(Text(f"{title}\nreport  {report}\ntables  {outcome.folder}/*.parquet"), soft_wrap=True)
    if outcome.failed:
        Console(stderr=True).print(
            Text(f"{outcome.failed} of {outcome.worlds} worlds failed; see the error column of metrics.parquet")
        )


def _print_best(console: "Console", lanes: Sequence[LaneResult], manifest: Mapping[str, Any]) -> None:
    """The lanes with the largest gain over their baselines, these, and policies of the user's own, in four columns."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from experiments.cli.settled import unsettled

    worlds, base = manifest.get("kind") == "world", [lanes[i] for i in counterparts(lanes, manifest["baseline"])]
    pairs = [(r, b) for r, b in zip(lanes, base, strict=True) if r.metrics["descent_area"].n]
    pairs.sort(key=lambda pair: relative(*pair).mean, reverse=True)
    best = [r.lane for r, b in pairs if r is not b][:BEST]
    kept = {*best, *(r.lane for r, b in pairs if r is b or not json.loads(r.policy).keys() <= set(names()))}
    share, ratio = ("dishonest_share", "gpu_hours") if worlds else ("misallocation", "stagnation_longest")
    out = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    out.add_column("lane", overflow="fold")
    second, third = ("paid to\ncheats", "compute") if worlds else ("pay gone\nastray", "longest\nwait")
    for heading in ("descent", second, third):
        out.add_column(Text(heading), justify="right")
    for r, b in (pair for pair in pairs if pair[0].lane in kept):
        paid = r.metrics[share]
        changes = ("baseline", "") if r is b else [_signed(relative(r, b, of)) for of in ("descent_area", ratio)]
        cells = (Text(r.lane), changes[0], f"{100 * paid.mean:.1f} %" if paid.n else "-", changes[1])
        out.add_row(*cells, style="bold" if r is b else "")
    console.print(out)
    hidden = len(pairs) - len(kept)
    more = f"{hidden} more {'lane' if hidden == 1 else 'lanes'} and all numbers" if hidden else "All numbers"
    moving = f"{unsettled(games)} " if (games := manifest.get("games")) else ""
    console.print(Text(f"{LEGEND if worlds else LEGEND_OF_RACES}{moving}{more}: --full, and the report."))


def _signed(e: Estimate) -> str:
    """A change in percent with half its interval: `+3.4 ± 2.6 %`."""
    if not isfinite(e.mean):
        return "-"
    half = 50.0 * (e.hi - e.lo)
    return f"{100.0 * e.mean:+.{places(half)}f}{f' ± {half:.{places(half)}f}' if half > 0.0 else ''} %"


def _print_all(console: "Console", lanes: Sequence[LaneResult], manifest: Mapping[str, Any]) -> None:
    """Every lane, best descent first, in all columns that there is room for."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from experiments.cli.settled import NOTE, settled_table, unsettled

    worlds, baseline = manifest.get("kind") == "world", manifest["baseline"]
    areas = {r.lane: r.metrics["descent_area"] for r in lanes}
    lanes = sorted(lanes, key=lambda r: -areas[r.lane].mean if areas[r.lane].n else 1.0)  # last: without any world
    base = {lanes[i].lane for i in counterparts(lanes, baseline)}
    shown = list((WORLD if worlds else RACE).items())[: max(3, (console.width - 64) // 13)]
    out = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    out.add_column("lane", overflow="fold", max_width=34)
    name = next(policy_name(r) for r in lanes if r.lane == baseline)
    for heading in ("descent\narea A", f"A less that of\n{name}", *(heading for _, (heading, _) in shown)):
        out.add_column(Text(heading), justify="right", no_wrap=True)
    for r, alike in _grouped(lanes, base):
        texts = [text_of(areas[r.lane]), text_of(r.differences["descent_area"], sign=True)]
        texts += [text_of(r.metrics[metric], scale=scale) for metric, (_, scale) in shown]
        label = Text(r.lane + (f" (+{alike} alike)" if alike else ""))
        out.add_row(label, *texts, style="bold" if r.lane in base else "")
    counts = sorted(area.n for area in areas.values())
    n = " to ".join(_worlds(count) for count in dict.fromkeys((counts[0], counts[-1])))
    note = (
        "A: mean over the contest of ln(first loss / king's loss). 0.0608(12) means 0.0608 with a 95 % interval of "
        f"±0.0012 over {'worlds; cases and populations are fixed' if worlds else 'noise seeds; races are fixed'}. "
        f"n: {n}. {OF_WORLDS if worlds else ''}A preset brings its epsilon only, unless it says own rules."
    )
    console.print(out)
    console.print(Text(note))
    if games := manifest.get("games"):
        regret = {r.lane: text_of(r.metrics["regret"], sign=True) for r in lanes}
        console.print(settled_table(games, manifest["mixes"], regret))
        console.print(Text(f"{NOTE}{unsettled(games)}"))


def _grouped(lanes: list[LaneResult], baselines: set[str]) -> list[tuple[LaneResult, int]]:
    """Lanes, and how many others of the same policy and results each stands for; a baseline for itself."""
    groups: dict[tuple[object, ...], list[LaneResult]] = {}
    for r in lanes:
        results = tuple(str(e) for e in r.metrics.values())
        key = (r.lane in baselines, r.policy, r.semantics, r.population, results)
        groups.setdefault(key, []).append(r)
    return [(group[0], len(group) - 1) for group in groups.values()]


def _worlds(n: int) -> str:
    return f"{n} world{'' if n == 1 else 's'}"


def text_of(e: Estimate, sign: bool = False, scale: float = 1.0) -> str:
    """A mean with half its interval in the last digits, of which two are shown: 0.0608(12)."""
    if not e.n:
        return "-"
    mean, half, plus = scale * e.mean, (scale * e.hi - scale * e.lo) / 2, "+" if sign else ""
    if max(abs(mean), half) < DUST:
        return f"{0:{plus}}"
    if not half > 1e-9 * abs(mean):  # no spread, or no more than rounding
        return f"{mean:{plus}.4g}"
    digits = max(0, 1 - floor(log10(half)))
    return f"{mean:{plus}.{digits}f}({round(half * 10**digits)})"
