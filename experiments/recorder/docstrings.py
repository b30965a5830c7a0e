"""Text that every machine with this project's dependencies has: docstrings and comments of Python and of nine packages.

Only numbers made from it are shipped, never the text.
"""

import ast
import platform
import re
import sysconfig
import warnings
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from experiments.recorder.text import number

PACKAGES = {
    "python": "PSF-2.0",
    "numpy": "BSD-3-Clause",
    "scipy": "BSD-3-Clause",
    "pandas": "BSD-3-Clause",
    "torch": "BSD-3-Clause",
    "sympy": "BSD-3-Clause",
    "networkx": "BSD-3-Clause",
    "sqlalchemy": "MIT",
    "optuna": "MIT",
    "plotly": "MIT",
}
"""Name and licence; the packages are dependencies, or dependencies of these, in `constraints.txt`."""
PACKAGE_BYTES = 4 << 20
"""Most text of one package: generated classes must not drown the rest."""
SHORTEST = 32
"""Bytes; a shorter docstring or comment is left out."""
COMMENTS = re.compile(r"(?:^[ \t]*#.*\n){2,}", re.MULTILINE)
LEFT_OUT = {"site-packages", "test", "tests", "idlelib", "lib2to3"}


def sources(found: dict[str, list[bytes]]) -> dict[str, dict[str, Any]]:
    """Of each package: version, licence, and how much was taken from it."""
    versions = {name: platform.python_version() if name == "python" else version(name) for name in found}
    return {
        name: {"version": versions[name], "licence": PACKAGES[name], "texts": len(each), "bytes": sum(map(len, each))}
        for name, each in found.items()
    }


def texts(package: str) -> Iterator[bytes]:
    """Docstrings and blocks of comments as they stand, file by file in the order of hashed names, up to 4 MiB."""
    paths = sysconfig.get_paths()
    root = Path(paths["stdlib"] if package == "python" else paths["purelib"]) / ("" if package == "python" else package)
    names = [path.relative_to(root) for path in root.rglob("*.py")]
    left = PACKAGE_BYTES
    for name in sorted(names, key=lambda name: number(name.as_posix().encode())):
        if LEFT_OUT & set(name.parts):
            continue
        for text in _texts_of((root / name).read_text(encoding="utf-8", errors="replace")):
            data = text.replace("\f", "\n").replace("\0", "").encode()
            if len(data.strip()) >= SHORTEST:
                yield data
                left -= len(data)
        if left <= 0:
            return


def _texts_of(program: str) -> Iterator[str]:
    """The texts of one program; one that this Python cannot parse has only comments."""
    for found in COMMENTS.finditer(program):
        yield re.sub(r"(?m)^[ \t]*#", "", found.group())
    try:
        with warnings.catch_warnings(action="ignore"):  # of escapes that a later Python will refuse
            tree = ast.parse(program)
    except (SyntaxError, ValueError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            text = ast.get_docstring(node, clean=False)
            if text:
                yield text
