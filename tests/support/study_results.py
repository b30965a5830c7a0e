"""A study by hand: its spec, its trials and what was selected, for tests of what is told of it."""

from pathlib import Path

import optuna
from report_page import Page

from experiments.report.study.page import build
from experiments.report.study.results import StudyResults
from experiments.search.spec import StudySpec, load

RECIPE = """
name: by-hand
question: Which <b>schedule</b>?
scenario: {{kind: world, days: 2, miners: 8}}
search: {{policies: {policies}}}
baselines: [sn9-2025-03, sn9-2024-12]
objectives: {objectives}
constraints: {{delay_p95: 1.0}}
trials: 8
generation: 8
worlds: {{search: 4, rerank: 4, final: 8, heldout: 4}}
heldout:
  noisy: {{noise: {{samples: 100}}}}
  "<img src=x>": {{miners: 4}}
"""
MANIFEST = {
    "digest": "0123456789ab",
    "command": "steepest tune '<i>.yaml'",
    "seconds": 10.0,
    "simulation_seconds": 9.5,
    "overhead": 0.05,
    "workers": 2,
    "resumed_from": 0,
    "trials": 8,
    "peak_mb": 200.0,
    "storage": "journal",
    "sampler": "tpe",
}
LINEAR = {"start": 0.005, "end": 0.0001, "decay_blocks": 14400.0}


def spec(folder: Path, policies: str = "[linear, fixed]", objectives: str = "[descent_area]") -> StudySpec:
    """The spec of a study of these families and objectives."""
    path = folder / "by-hand.yaml"
    path.write_text(RECIPE.format(policies=policies, objectives=objectives), encoding="utf-8")
    return load(path)


def study(of: StudySpec) -> optuna.Study:
    """An empty one in memory."""
    return optuna.create_study(directions=["maximize"] * len(of.recipe.objectives))


def trial(of: StudySpec, units, values=None, missed=-1.0, state="COMPLETE", error=None, family=None, gains=()):
    """A trial at a place of the cube, of a family by its name; `missed` is by how much it breaks its limit."""
    labels = [each.label for each in of.space.families]
    place = (labels.index(family) + 0.5) / len(labels) if family else 0.5
    point = of.space.fill({axis.name: 0.5 for axis in of.space.axes} | {"family": place} | units)
    attrs = {"error": error} if error else {"gains": list(gains)}
    axes = {axis.name: axis.distribution() for axis in of.space.axes}
    made = optuna.create_trial(
        state=optuna.trial.TrialState[state],
        values=values,
        params=point,
        distributions={name: axes[name] for name in point},
        user_attrs=attrs,
    )
    if not error:
        made.set_constraint("delay_p95", missed)
    return made


def gain(mean, half=0.0005, n=8):
    """An estimate as in JSON."""
    return {"mean": mean, "lo": mean - half, "hi": mean + half, "n": n}


def hold(mean, *families):
    """A gain in the worst of several families as in JSON."""
    told = {name: {**gain(mean), "p": 0.001, "regret": None, "settled": None} for name in families}
    return {**gain(mean), "family": families[0], "families": told}


def finalist(number=0, mean=0.002, policy="linear", parameters=None, **more):
    """A finalist as in JSON."""
    return {
        "policy": policy,
        "parameters": LINEAR if parameters is None else parameters,
        "reward": "subnet",
        "reward_parameters": {},
        "rules": {},
        "scenario": {},
        "family": policy,
        "trial": number,
        "complexity": 3,
        "difference": hold(mean, "by-hand"),
        "p": 0.001,
        "p_holm": 0.002,
        "heldout": hold(mean / 2, "noisy", "<img src=x>"),
        "search": {"mean": 2 * mean, "lo": None, "hi": None, "n": 4},
        "rerank": gain(mean),
        "drop": {"final": mean, "heldout": 1.5 * mean},
        "baselines": {
            "sn9-2025-03": {**gain(mean), "family": "by-hand"},
            "sn9-2024-12": {**gain(-mean), "family": "by-hand"},
        },
        "objectives": {"descent_area": {"level": 0.1 + mean, "difference": gain(mean)}},
        "limits": {"delay_p95": {"family": "by-hand", "level": 0.25, "limit": 1.0, "chance": 0.99, "kept": True}},
        "feasible": True,
        "error": None,
        "sensitivity": None,
        **more,
    }


def reranked(number, mean, half=0.0005, feasible=True, parameters=None):
    """A candidate of the shortlist as in JSON."""
    keys = "policy", "parameters", "reward", "reward_parameters", "rules", "scenario", "family", "trial", "complexity"
    whole = finalist(number, mean, parameters=parameters)
    kept = {key: whole[key] for key in (*keys, "search")}
    return {**kept, "rerank": gain(mean, half), "feasible": feasible, "error": None}


def document(best, winner=None, shortlist=()):
    """What was selected."""
    return {
        "objective": "descent_area",
        "recommended": {"name": "it", "trial": winner},
        "because": "it <em>is</em> better",
        "best": list(best),
        "baselines": {"sn9-2025-03": {"descent_area": 0.1}, "sn9-2024-12": {"descent_area": 0.09}},
        "reranked": list(shortlist),
    }


def as_results(of, trials, told=None):
    """The results of a study with these trials, and with what was selected."""
    found = study(of)
    found.add_trials(trials)
    return StudyResults(of, tuple(found.get_trials()), told or document([]), MANIFEST)


def study_page(folder, told, of=None, trials=()):
    """The page of a study, as a browser sees it, and its bytes."""
    of = of or spec(folder)
    found = study(of)
    found.add_trials(list(trials) or [trial(of, {}, [0.001], family="linear") for _ in range(3)])
    source = build(of, found, told, MANIFEST, folder).read_text(encoding="utf-8")
    return Page(source), source


def named(figure, name, panel=0):
    """The traces of a picture that are called so."""
    return [trace for trace in figure.panels[panel].data if trace.get("name") == name]
