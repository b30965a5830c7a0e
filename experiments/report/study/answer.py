"""The answer of a study: the values that the template `answer-study.html` needs."""

from typing import Any

import numpy as np

from experiments.report.study.material import Material, name_of
from experiments.report.study.measure import better, described, estimate
from experiments.report.text import count, digits, number, signed


def answer(material: Material) -> tuple[str, dict[str, Any]]:
    """The template and its values: what is recommended, by how much, why, and what of the search held up."""
    shared = {
        "first": material.first,
        "base": material.baseline,
        "measure": material.objective,
        "because": material.document["because"],
    }
    more = {} if material.first is None else _of_finalist(material, material.first)
    return "answer-study.html", {**shared, **more}


def _of_finalist(material: Material, first: dict[str, Any]) -> dict[str, Any]:
    measure = material.objective
    search, final, heldout = (estimate(first[key]).mean for key in ("search", "difference", "heldout"))
    own = material.document["baselines"][material.baseline].get(measure.metric)
    sized = measure.better > 0 and own is not None and own > 0 and np.isfinite(final)
    rivals = {name: estimate(e) for name, e in first["baselines"].items() if name != material.baseline}
    return {
        "recommended": material.winner is not None,
        "name": name_of(first),
        "about": described(first),
        "gain": lambda e: f"{measure.gain(estimate(e))} ({count(estimate(e).n, 'world')})",
        "scaled": lambda mean: signed(None if mean is None else measure.scale * mean),
        "share": number(100 * final / own, 1, sign=True) if sized else "",
        "own": digits(measure.scale * own, 3) if sized else "",
        "search": search,
        "final": final,
        "heldout": heldout if np.isfinite(heldout) else None,
        "others": [(m.short, m.gain(_gain(first, m.metric, m.better))) for m in material.measures[1:]],
        "broken": [name.replace("_", " ") for name, limit in first["limits"].items() if not limit["kept"]],
        "rivals": len(rivals),
        "level": [name for name, e in rivals.items() if not e.lo > 0],
    }


def _gain(first: dict[str, Any], metric: str, sign: float) -> Any:
    return better(estimate(first["objectives"][metric]["difference"]), sign)
