"""A race of one's own through the shipped panel: the spec of `steepest replay`."""

import re
from pathlib import Path
from typing import Any

from experiments.data import RECIPES
from experiments.recipe.recipe import Spec, resolve
from experiments.recipe.yaml_file import Document, read
from policies.errors import InputError


def spec_of(
    files: list[str],
    policies: list[Any] | None,
    *,
    unit: str | None,
    days_per_day: float,
    noise: float,
    rules: str,
    worlds: int | None,
    seed: int | None,
    option: str = "--policy",
) -> Spec:
    """What `steepest run` would build from a recipe with these races; the panel is that of `races.yaml`.

    Raises:
        InputError: as `experiments.recipe.recipe.load`, or the name of a file is no UTF-8 text.
    """
    for file in files:
        if not file.isascii() and any("\ud800" <= c <= "\udfff" for c in file):
            raise InputError(f"the name of {file!r} is not UTF-8 text; rename the file, or give a link to it")
    panel = read(RECIPES / "races.yaml").data
    stem = re.sub(r"[^A-Za-z0-9._-]+", "-", Path(files[0]).stem).strip("-.")[:50] or "race"
    document = Document("", "")
    document.data = {
        "name": f"replay-{stem}",
        "question": f"What would these policies have made of {', '.join(files)}?",
        "scenario": {
            "kind": "race", "races": files, "days_per_day": days_per_day, "unit": unit, "noise": {"paired": noise},
        },
        "rules": rules,
        "panel": panel["panel"],
        "baseline": panel["baseline"],
    }  # fmt: skip
    return resolve(document, Path(), policies, option, worlds=worlds, seed=seed)
