"""A discovery from its plan to its rules: points on disk, tables, results and report."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import yaml

from experiments.discover.measure import measure
from experiments.discover.plan import Plan
from experiments.discover.rules import Policy, Rule, correct, judge
from experiments.files import sweep, write
from experiments.results.store import write_table
from experiments.run.experiment import Progress, provenance


@dataclass(frozen=True)
class Discovery:
    """What was found."""

    plan: Plan
    folder: Path  #: of the results
    area: np.ndarray  #: mean descent area over the worlds of a point, `[points, lanes]`; NaN where a world failed
    policies: tuple[Policy, ...]  #: the lanes beside the baseline

    @property
    def failed(self) -> int:
        """Points at which a world failed."""
        return int((~np.isfinite(self.area)).any(axis=1).sum())

    def document(self) -> dict[str, Any]:
        """The document of `discover --json`."""
        return {
            "discovery": str(self.folder),
            "points": len(self.area),
            "worlds": self.plan.spec.recipe.worlds,
            "failed": self.failed,
            "baseline": self.plan.spec.baseline,
            "axes": {name: axis.model_dump(mode="json") for name, axis in self.plan.keys.over.items()},
            "policies": [
                {
                    "lane": policy.lane,
                    "lost": policy.lost.document(),
                    "difference": policy.difference.document(),
                    "rules": [_document(rule, self.plan.names) for rule in policy.rules],
                    "trajectory": [
                        dict(zip(("coverage", "density", "mass", "limits"), each, strict=True))
                        for each in policy.trajectory
                    ],
                }
                for policy in self.policies
            ],
        }


def discover(
    plan: Plan,
    root: Path,
    workers: int = 1,
    progress: Progress = lambda done, total: None,
    report: Callable[[Discovery], object] = lambda found: None,
) -> Discovery:
    """Measure the points that are missing, and find the rules.

    Args:
        plan: the discovery.
        root: the folder of all results.
        workers: processes; the results are the same for any number.
        progress: called with the number of worlds.
        report: writes a report into the folder.

    Raises:
        InputError: a world does not fit into memory, or a strategy breaks the rules.
        OSError: the results cannot be written.
        ChildProcessError: worker processes were killed again and again.
    """
    recipe = plan.spec.recipe
    folder = root / recipe.name / plan.digest()
    sweep(folder)
    cases = measure(plan, folder / "points", workers, progress)
    shape = len(plan.points), recipe.worlds, len(plan.spec.lanes)
    area = cases["descent_area"].to_numpy().reshape(shape).mean(axis=1)
    lanes = [lane.name for lane in plan.spec.lanes]
    base = area[:, lanes.index(plan.spec.baseline)]
    policies = [
        judge(lane, plan.keys.over, plan.points, plan.halves, area[:, i], base)
        for i, lane in enumerate(lanes)
        if lane != plan.spec.baseline
    ]
    found = Discovery(plan, folder, area, tuple(correct(policies)))
    write(folder / "spec.yaml", str(yaml.safe_dump(plan.plain(), sort_keys=False, allow_unicode=True, width=120)))
    axes = {name: plan.points[:, i] for i, name in enumerate(plan.names)}
    write_table(folder / "cases.parquet", cases)
    write_table(folder / "points.parquet", pa.table({"judges": plan.halves == 1, **axes}))
    manifest = {**provenance(), "kind": "discovery", "digest": plan.digest(), "question": recipe.question}
    for name, document in (("results.json", found.document()), ("manifest.json", manifest)):
        write(folder / name, json.dumps(document, indent=2, allow_nan=False) + "\n")
    report(found)
    return found


def _document(rule: Rule, names: tuple[str, ...]) -> dict[str, Any]:
    limits = [
        {"number": names[axis], side: float(getattr(rule.box, side)[axis]), "quasi_p": p}
        for (axis, side), p in zip(rule.box.limits, rule.quasi_p, strict=True)
    ]
    estimates = {key: getattr(rule, key).document() for key in ("density", "coverage", "inside", "outside")}
    return {"rule": rule.text, "limits": limits, **estimates, "p": rule.p, "holds": rule.holds}
