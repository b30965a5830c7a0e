"""How the numbers were computed: mechanism, noise, intervals, definitions, command and versions."""

from collections.abc import Mapping

from experiments.estimate import LEVEL
from experiments.metrics import METRICS, Metric
from experiments.report.results import Results
from experiments.report.text import lane_name, number, safe
from sim.clock import BLOCK_SECONDS
from sim.race.race import UNITS

SEMANTICS = {
    "pool": "the full mechanism decides: all models in the validator's pool are compared in pairs, win rates become "
    "weights through a softmax and a moving average, and the model with the most weight is king",
    "king": "a challenger is compared with the reigning king alone and takes the crown if it wins",
    "running-best": "a model takes the crown if it beats every model that came before it",
}


def method(results: Results) -> str:
    """The last part of the page, as HTML."""
    return (
        f"<p>{_mechanism(results)}</p><p>{_noise(results)}</p><p>{_intervals()}</p>"
        f'<h3>Definitions</h3><dl class="terms">{terms(METRICS)}</dl>'
        f"<h3>To get these numbers again</h3>{again(results)}"
    )


def _mechanism(results: Results) -> str:
    minutes = results.scenario.get("step_blocks", 0) * BLOCK_SECONDS / 60
    every = f"every {number(minutes)} minutes" if minutes else "again and again"
    return (
        f"Miners submit models, each with a loss. The validator measures the models {every} and compares them in "
        "pairs; the loss of the earlier model is multiplied by 1 − ε, and ε depends on its age: that is the "
        f"policy of a lane. How a king is made ({kings(results)}). All lanes of a world see the same submissions and "
        "the same noise, so their differences come from nothing but their policies and rules."
        f"{own_rules(results)}"
    )


def kings(results: Results) -> str:
    """How a king is made under the rules of the lanes."""
    found = dict.fromkeys(lane.semantics for lane in results.lanes)
    return "; ".join(f"<b>{safe(name)}</b>: {SEMANTICS.get(name, 'as its rules say')}" for name in found)


def own_rules(results: Results) -> str:
    """Which lanes differ in more than epsilon."""
    if not results.own_rules:
        return " All lanes have the same rules otherwise."
    names = ", ".join(map(lane_name, results.own_rules[:12]))
    more = f" and {len(results.own_rules) - 12} more" if len(results.own_rules) > 12 else ""
    return f" These lanes differ from the baseline in other rules too: {names}{more}."


def _noise(results: Results) -> str:
    noise = results.scenario.get("noise", {})
    if not {"paired", "common"} <= set(noise):
        return "A world is one seed of the evaluation noise."
    return (
        "A world is one seed of the evaluation noise: two models' losses differ by their true difference plus "
        f"noise of sd {100 * noise['paired']:g} % of the loss (unless a race states its own), and all models of "
        f"one evaluation shift together by sd {100 * noise['common']:g} %. "
        "Races made of a validator's own measurements get no noise on top. Metrics use the true losses, which the "
        "validator never sees."
    )


def _intervals() -> str:
    return (
        f"A number is the mean over races of the mean over each race's worlds. Its {100 * LEVEL:.0f} % interval is "
        "Student's t with the variance within races: it says what other noise seeds would give, not what other "
        "races would, because the races are fixed. Differences to the baseline are taken world by world first. "
        "Intervals are for one lane at a time; the best of many lanes owes some of its lead to having been picked."
    )


def terms(metrics: Mapping[str, Metric]) -> str:
    """What each metric means."""
    return "".join(
        f"<dt>{safe(name.replace('_', ' '))}</dt><dd>{safe(m.about)} <small>[{safe(m.unit)}"
        f"{f'; {m.better} is better' if m.better else ''}]</small></dd>"
        for name, m in metrics.items()
    )


def again(results: Results) -> str:
    """Command, seed, time and versions."""
    manifest = results.manifest
    versions = {"steepest": manifest.get("steepest"), "python": manifest.get("python"), **manifest.get("libraries", {})}
    sources = [
        f"{race['name']}: {race['source']}"
        for race in results.scenario.get("races", [])
        if isinstance(race, dict) and race.get("source")
    ]
    lines = "".join(f"<li>{safe(line)}</li>" for line in sources)
    unit = manifest.get("unit")
    return (
        f"<pre>{safe(str(manifest.get('command', '')))}</pre><p>Seed {manifest['seed']}; simulated in "
        f"{manifest.get('simulation_seconds', 0):.1f} s on {safe(str(manifest.get('machine', '')))}, finished "
        f"{safe(str(manifest.get('finished', '')))}. Versions: "
        f"{safe(', '.join(f'{name} {version}' for name, version in versions.items()))}. The whole resolved "
        "experiment is in <code>spec.yaml</code>, all numbers are in the parquet files, both beside this page.</p>"
        f"<p>Losses are in {safe(UNITS.get(str(unit), str(unit)))}.</p>"
        f"{f'<p>Sources of the submissions:</p><ul>{lines}</ul>' if lines else ''}"
    )
