"""The answer of a study in sentences: what is recommended, by how much, why, and what of the search held up."""

from typing import Any

import numpy as np
from markupsafe import Markup

from experiments.report.study.material import Material, name_of
from experiments.report.study.measure import Measure, better, described, estimate
from experiments.report.text import count, digits, lane_name, number, sentence, signed
from experiments.results.estimate import Estimate

CAUTION = (
    "Miners are models here: what they know, want and pay is assumed. The intervals say what other worlds of the same "
    "kinds would give, not what other assumptions would."
)


def findings(material: Material) -> list[str]:
    """Sentences for the head of the page; the first one is the answer."""
    first = material.first
    why = f"In the words of the selection, in units of the metric: {material.document['because']}."
    if first is None:
        stays = sentence("<strong>{} stays: there is no candidate.</strong>", lane_name(material.baseline))
        return [stays, why, CAUTION]
    more = [_stages(material, first), _others(material, first), _baselines(material, first), _shifts(material, first)]
    return [_answer(material, first), *filter(None, more), why, CAUTION]


def _answer(material: Material, first: dict[str, Any]) -> str:
    base, name, about = lane_name(material.baseline), lane_name(name_of(first)), described(first)
    measured = _measured(material, first)
    if material.winner is None:
        text = "<strong>Nothing found is recommended: {} stays.</strong> The best candidate, {} ({}), {}."
        return sentence(text, base, name, about, measured)
    text = "<strong>{} is recommended instead of {}</strong>: {}. It {}."
    return sentence(text, name, base, about, measured)


def _measured(material: Material, each: dict[str, Any]) -> str:
    measure, final, heldout = material.objective, estimate(each["difference"]), each["heldout"]
    text = f"gains {_gain(measure, final)} in {measure.short} in the final worlds{_share(material, final)}"
    if heldout is None:
        return f"{text}; the study has no held-out families, so that nothing is known about other scenarios"
    families = count(len(heldout["families"]), "held-out family").replace("familys", "families")
    return f"{text}, and {_gain(measure, estimate(heldout))} over {families}"


def _gain(measure: Measure, e: Estimate) -> str:
    return f"{measure.gain(e)} ({count(e.n, 'world')})"


def _share(material: Material, gain: Estimate) -> str:
    """How large a gain is beside what the baseline achieved: a sure gain may still be tiny."""
    measure = material.objective
    own = material.document["baselines"][material.baseline].get(measure.metric)
    if measure.better < 0 or not own or own <= 0 or not np.isfinite(gain.mean):
        return ""
    return f" ({number(100 * gain.mean / own, 1, sign=True)} % of the baseline's own {digits(measure.scale * own, 3)})"


def _stages(material: Material, each: dict[str, Any]) -> str:
    """The way from what the search believed to what held up."""
    scale, unit = material.objective.scale, material.objective.apart
    search, rerank, final, heldout = (estimate(each[k]).mean for k in ("search", "rerank", "difference", "heldout"))
    text = (
        f"The search believed in {signed(scale * search)} {unit}; the re-ranking measured {signed(scale * rerank)}, "
        f"the final worlds {signed(scale * final)}{_part(final, search)}"
    )
    if not np.isfinite(heldout):
        return f"{text}."
    return f"{text}, the held-out families {signed(scale * heldout)}{_part(heldout, search)}."


def _part(kept: float, believed: float) -> str:
    return f" ({100 * kept / believed:.0f} % of that)" if believed > kept > 0 else ""


def _others(material: Material, each: dict[str, Any]) -> str:
    """The other objectives, and limits."""
    gains = []
    for measure in material.measures[1:]:
        gain = better(estimate(each["objectives"][measure.metric]["difference"]), measure.better)
        gains.append(f"{measure.short} {measure.gain(gain)}")
    text = f"Its gains in the other objectives, positive where it is better: {'; '.join(gains)}." if gains else ""
    broken = [name.replace("_", " ") for name, limit in each["limits"].items() if not limit["kept"]]
    if broken:
        return f"{text} It breaks the limit on {' and '.join(broken)} there.".strip()
    if each["limits"]:
        return f"{text} It keeps all limits there.".strip()
    return text


def _baselines(material: Material, each: dict[str, Any]) -> str:
    """Whether it also beats the other baselines."""
    others = {name: estimate(e) for name, e in each["baselines"].items() if name != material.baseline}
    if not others:
        return ""
    rest = [name for name, e in others.items() if not e.lo > 0]
    if not rest:
        return "It is surely better than every other baseline too."
    text = "Of the {} it is not surely better than {}."
    return sentence(text, count(len(others), "other baseline"), Markup(", ").join(map(lane_name, rest)))


def _shifts(material: Material, each: dict[str, Any]) -> str:
    moved = each["sensitivity"]
    if moved is None:
        return ""
    if moved["worst"] is None:
        return "With one of its numbers a quarter off a world failed, so that it is not known to be robust."
    worst = f"{signed(material.objective.scale * moved['worst'])} {material.objective.apart}"
    if moved["robust"]:
        return f"It is robust: with any one number a quarter off its mean gain is still {worst} or more."
    return f"It is not robust: with one number a quarter off its mean gain falls to {worst}."
