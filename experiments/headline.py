"""The answer of a run on one screen, and as one JSON document."""

import json
from math import floor, log10
from pathlib import Path
from typing import Any

from experiments.compare import LaneResult, compare
from experiments.estimate import Estimate
from experiments.run import Outcome
from experiments.store import Store

SHOWN = {
    "crowns": "crowns",
    "reign_mean": "mean reign\n(days)",
    "stagnation_longest": "longest stag-\nnation (days)",
    "eligibility_gap": "eligibility\ngap G1",
    "misallocation": "misallo-\ncation TV",
    "rank_correlation": "rank cor-\nrelation",
    "false_dethroning": "false de-\nthroning",
    "hhi": "HHI",
}
"""Metric -> its heading, after the descent area and its difference; the last ones go where it is narrow."""

WIDE = 150
"""Width of the table where standard output is not a terminal."""


def document(store: Store, outcome: Outcome) -> dict[str, Any]:
    """The JSON document of `run` and `replay`."""
    return {
        "run": str(outcome.folder),
        "worlds": outcome.worlds,
        "failed": outcome.failed,
        "lanes": [
            {
                "lane": r.lane,
                "policy": next(iter(json.loads(r.policy))),
                "reward": "subnet",
                "population": r.population,
                "parameters": next(iter(json.loads(r.policy).values())),
                "semantics": r.semantics,
                "metrics": {name: e.document() for name, e in r.metrics.items()},
                "difference": {name: e.document() for name, e in r.differences.items()},
            }
            for r in compare(store)
        ],
    }


def table(store: Store, outcome: Outcome, report: Path) -> None:
    """Print the headline table, best descent first, and where everything lies."""
    from rich import box  # noqa: PLC0415 - slow to import, and not needed for --json
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    manifest, lanes = store.manifest(), compare(store)
    lanes.sort(key=lambda r: -r.metrics["descent_area"].mean if r.metrics["descent_area"].n else 1)
    console = Console(width=None if Console().is_terminal else WIDE)
    shown = list(SHOWN)[: max(3, (console.width - 64) // 13)]
    out = Table(title=Text(_title(manifest, outcome)), title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    out.add_column("lane", overflow="fold", max_width=34)
    for heading in ("descent\narea A", f"A less that of\n{manifest['baseline']}", *(SHOWN[name] for name in shown)):
        out.add_column(Text(heading), justify="right", no_wrap=True)
    for r, alike in _alike(lanes, manifest["baseline"]):
        cells = [r.metrics["descent_area"], *(r.metrics[name] for name in shown)]
        texts = [_text(e) for e in cells]
        texts.insert(1, _text(r.differences["descent_area"], sign=True))
        out.add_row(
            Text(r.lane + (f" (+{alike} alike)" if alike else "")),
            *texts,
            style="bold" if r.lane == manifest["baseline"] else "",
        )
    console.print(out)
    console.print(
        Text(
            "A: mean over the contest of ln(first loss / king's loss). 0.0608(12) means 0.0608 with a 95 % interval "
            f"of ±0.0012 over noise seeds; races are fixed. n: {_counts(lanes)}. A preset brings its epsilon only, "
            "unless it says own rules."
        )
    )
    console.print(Text(f"report  {report}\ntables  {outcome.folder}/*.parquet"), soft_wrap=True)
    if outcome.failed:
        Console(stderr=True).print(
            Text(f"{outcome.failed} of {outcome.worlds} worlds failed; see the error column of metrics.parquet")
        )


def _alike(lanes: list[LaneResult], baseline: str) -> list[tuple[LaneResult, int]]:
    """Lanes, and how many others of the same policy and results each stands for; the baseline for itself."""
    groups: dict[tuple[object, ...], list[LaneResult]] = {}
    for r in lanes:
        results = tuple(str(e) for e in r.metrics.values())
        groups.setdefault((r.lane == baseline, r.policy, r.semantics, results), []).append(r)
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
    if not half > 1e-9 * abs(e.mean):  # no spread, or no more than rounding
        return f"{e.mean:{plus}.4g}"
    digits = max(0, 1 - floor(log10(half)))
    return f"{e.mean:{plus}.{digits}f}({round(half * 10**digits)})"
