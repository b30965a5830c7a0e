"""The answer of a run on one screen, and as one JSON document."""

import json
from pathlib import Path
from typing import Any

from experiments.compare import LaneResult, compare
from experiments.estimate import Estimate
from experiments.run import Outcome
from experiments.store import Store

SHOWN = {"crowns": "crowns", "reign_mean": "mean reign\ndays", "stagnation_longest": "longest\nstagnation", "eligibility_gap": "eligibility\ngap",
         "false_dethroning": "false\ndethroning", "hhi": "HHI", "misallocation": "misallo-\ncation TV", "rank_correlation": "rank\ncorrelation"}
"""Metric -> its heading, after the descent area and its difference to the baseline."""


def document(store: Store, outcome: Outcome) -> dict[str, Any]:
    """The JSON document of `run` and `replay`."""
    return {"run": str(outcome.folder), "worlds": outcome.worlds, "failed": outcome.failed, "lanes": [
        {"lane": r.lane, "policy": next(iter(json.loads(r.policy))), "reward": "subnet", "population": "race",
         "parameters": next(iter(json.loads(r.policy).values())), "semantics": r.semantics,
         "metrics": {name: e.document() for name, e in r.metrics.items()},
         "difference": {name: e.document() for name, e in r.differences.items()}} for r in compare(store)]}


def table(store: Store, outcome: Outcome, report: Path) -> None:
    """Print the headline table, best descent first, and where everything lies."""
    from rich.console import Console  # noqa: PLC0415 - slow to import, and not needed for --json
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    manifest, lanes = store.manifest(), compare(store)
    lanes.sort(key=lambda r: -r.metrics["descent_area"].mean if r.metrics["descent_area"].n else 1)
    out = Table(title=Text(_title(manifest, outcome)), title_justify="left", header_style="bold", pad_edge=False)
    out.add_column("lane", overflow="fold", max_width=34)
    for heading in ("descent\narea A", f"A less\n{manifest['baseline']}'s", *SHOWN.values()):
        out.add_column(Text(heading), justify="right")
    for r in lanes:
        out.add_row(Text(r.lane), *_cells(r), style="bold" if r.lane == manifest["baseline"] else "")
    console = Console(width=None if Console().is_terminal else 150)
    console.print(out)
    console.print(Text("Means over races of means over worlds, ± half a 95 % interval over noise seeds (n worlds; races are fixed)."
                       " A: mean of ln(first loss / king's loss)."))
    console.print(Text(f"report  {report}\ntables  {outcome.folder}/*.parquet"), soft_wrap=True)
    if outcome.failed:
        Console(stderr=True).print(Text(f"{outcome.failed} of {outcome.worlds} worlds failed; see the error column of metrics.parquet"))


def _title(manifest: dict[str, Any], outcome: Outcome) -> str:
    races = ", ".join(manifest["races"])
    return f"{races}: {outcome.worlds} worlds ({outcome.ran} run now in {outcome.seconds:.1f} s), seed {manifest['seed']}"


def _cells(r: LaneResult) -> list[str]:
    area, difference = r.metrics["descent_area"], r.differences["descent_area"]
    return [_text(area, 5), _text(difference, 5, sign=True), *(_text(r.metrics[name], 3) for name in SHOWN)]


def _text(e: Estimate, digits: int, sign: bool = False) -> str:
    if not e.n:
        return "-"
    big = abs(e.mean) >= 10
    shown = f"{e.mean:{'+' if sign else ''}.{1 if big else digits}f}"
    half = (e.hi - e.lo) / 2
    return f"{shown} ±{half:.{1 if big else digits}f}" if half == half else f"{shown} (n={e.n})"  # noqa: PLR0124 - NaN
