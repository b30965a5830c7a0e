"""`steepest verify oracle`: every conformance file in a folder, row by row."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from experiments.verification.oracle.kinds import CHECKS
from experiments.verification.oracle.match import Match
from policies import InputError

FIRST_FAILURES = 5
"""Failures that are shown per file, with their inputs."""


@dataclass
class FileResult:
    """The result of one file of vectors."""

    file: str
    rows: int = 0
    exact: int = 0
    within_tolerance: int = 0
    failed: int = 0
    failures: list[dict[str, Any]] = field(default_factory=list)

    def add(self, line: int, row: object, match: Match) -> None:
        """Count one row."""
        self.rows += 1
        if match.faults:
            self.failed += 1
            if len(self.failures) < FIRST_FAILURES:
                self.failures.append({"line": line, "faults": match.faults[:3], "input": row})
        elif match.exact:
            self.exact += 1
        else:
            self.within_tolerance += 1


def verify(folder: Path) -> dict[str, Any]:
    """Run `sn9_*.jsonl` and `sister_*.jsonl` of a folder; other vector files are listed as unknown.

    Returns:
        The JSON document of `steepest verify oracle --json`.

    Raises:
        InputError: no such folder, or no vectors in it.
    """
    if not folder.is_dir():
        raise InputError(f"{folder} is not a folder; give the folder of the conformance vectors with --vectors DIR")
    files = sorted(folder.glob("*.jsonl"))
    if not files:
        raise InputError(f"there is no conformance file (*.jsonl) in {folder}; give their folder with --vectors DIR")
    results, unknown = [], []
    for path in files:
        result = _file(path) if path.name.startswith(("sn9_", "sister_")) else None
        if result is None:
            unknown.append(path.name)
        else:
            results.append(asdict(result))
    return {"files": results, "unknown": unknown}


def _file(path: Path) -> FileResult | None:
    """The result of one file; None if the kind of its first row has no check."""
    result = FileResult(path.name)
    with path.open(encoding="utf-8") as lines:
        for line, text in enumerate(lines, 1):
            if not text.strip():
                continue
            row, match = text[:200], Match()
            try:
                row = json.loads(text)
                if row.get("kind") not in CHECKS and line == 1:
                    return None
                with np.errstate(all="ignore"):  # rows with inf and NaN are there on purpose
                    CHECKS[row["kind"]](row, match)
            except Exception as error:
                match.faults.append(f"{type(error).__name__}: {error}")
            result.add(line, row, match)
    return result


def summary(found: dict[str, Any]) -> str:
    """The result for people: a line per file, then the first failures with their inputs."""
    lines = [f"{'file':<28} {'rows':>6} {'exact':>6} {'within':>7} {'failed':>7}"]
    for f in found["files"]:
        lines.append(f"{f['file']:<28} {f['rows']:>6} {f['exact']:>6} {f['within_tolerance']:>7} {f['failed']:>7}")
        for failure in f["failures"]:
            lines.append(f"  line {failure['line']}: {'; '.join(failure['faults'])}")
            lines.append(f"    input {json.dumps(failure['input'])[:500]}")
    if found["unknown"]:
        lines.append(f"not known here, and not run: {', '.join(found['unknown'])}")
    return "\n".join(lines)
