"""A hash over everything that a report is made from; while it stays the same, the report need not be made again."""

import hashlib
import re
from functools import cache
from importlib.metadata import version
from pathlib import Path

HEAD = re.compile('<meta name="made-from" content="([0-9a-f]{16})">')  #: as `templates/page.html` has it
CODE = ("*.py", "recipe/*.py", "run/*.py", "play/*.py", "results/*.py", "report/*.py", "report/templates/*")
"""Files of the harness that are hashed."""
FIRST = 2000  #: bytes of a report in which the hash is looked for


def origin(folder: Path) -> str:
    """A hash over the results in a folder and the code that makes a report of them.

    Raises:
        OSError: they cannot be read.
    """
    sha = hashlib.sha256(_code().encode())
    for path in sorted([*folder.glob("[!.]*.parquet"), folder / "manifest.json", folder / "spec.yaml"]):
        sha.update(path.name.encode() + b"\0" + (path.read_bytes() if path.exists() else b""))
    return sha.hexdigest()[:16]


def is_current(report: Path) -> bool:
    """Whether there is a report, and it is made from the present results by the present code."""
    try:
        with report.open("rb") as file:
            head = file.read(FIRST).decode(errors="replace")
        made_from = HEAD.search(head)
        return made_from is not None and made_from[1] == origin(report.parent)
    except OSError:
        return False


@cache
def _code() -> str:
    """Hash of the code that makes a report of results, with the version of what draws figures."""
    here, sha = Path(__file__).parents[1], hashlib.sha256(version("plotly").encode())
    for path in sorted(path for pattern in CODE for path in here.glob(pattern)):
        sha.update(path.name.encode() + b"\0" + path.read_bytes())
    return sha.hexdigest()
