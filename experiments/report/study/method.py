"""How a study was computed: stages, search, statistics, its space, and how to go on with it."""

from collections.abc import Iterator

from experiments.report.method import terms
from experiments.report.study.material import Material
from experiments.report.study.measure import digits
from experiments.report.text import count, number, safe
from experiments.search.race import looks
from experiments.search.samplers import SAMPLERS
from experiments.world_metrics import WORLD_METRICS


def method(material: Material) -> str:
    """The last part of the page, as HTML."""
    texts = (_world(material), _search(material), _selection(material), _statistics(), _rule())
    names = dict.fromkeys([*material.spec.recipe.objectives, *material.spec.recipe.constraints])
    return (
        f"{''.join(f'<p>{text}</p>' for text in texts)}<h3>What was searched</h3>{_space(material)}"
        f'<h3>Definitions</h3><dl class="terms">{terms({name: WORLD_METRICS[name] for name in names})}</dl>'
        f"<h3>Time</h3><p>{_time(material)}</p><h3>To go on, or to get these numbers again</h3>{_again(material)}"
    )


def _world(material: Material) -> str:
    crowd = material.spec.populations[0]
    return (
        "<b>A world</b> is everything that does not depend on a policy: who the miners are, when they look up, the "
        "luck of their training, the noise of every evaluation. Candidates and baselines live in the same worlds side "
        "by side, so that each gain is a paired difference. Objectives are measured in the population "
        f"{safe(crowd.name)}."
    )


def _search(material: Material) -> str:
    recipe = material.spec.recipe
    name = str(material.manifest.get("sampler", recipe.sampler))
    race = (
        " A candidate that is worse than the best by Wilcoxon's signed-rank test (one-sided, 5 %) after a half or "
        "three quarters of the worlds is stopped early."
        if recipe.race and len(recipe.objectives) == 1 and len(looks(recipe.worlds.search)) > 1
        else ""
    )
    return (
        f"<b>The search</b> is Optuna's, by the sampler {safe(name)} ({safe(SAMPLERS.get(name, ''))}), in generations "
        f"of {recipe.generation} trials. Each trial lives in {count(recipe.worlds.search, 'world')} of the "
        f"scenario.{race}"
    )


def _selection(material: Material) -> str:
    recipe = material.spec.recipe
    held = "".join(
        f" Held-out family {safe(name)}: {safe(', '.join(_changes(changes)))}."
        for name, changes in recipe.heldout.items()
    )
    return (
        f"<b>The selection</b> uses worlds that no stage before it saw. The {recipe.rerank} best trials and the best "
        f"of each family are ranked again in {recipe.worlds.rerank} worlds; the {recipe.finalists} best of those and "
        f"the best of each family are measured in {recipe.worlds.final} final worlds, and in {recipe.worlds.heldout} "
        f"of each held-out family, of which the study has {len(recipe.heldout) or 'none'}.{held}"
    )


def _changes(changes: object, path: str = "") -> Iterator[str]:
    """What a family changes, by dotted keys."""
    if isinstance(changes, dict):
        for key, value in changes.items():
            yield from _changes(value, f"{path}.{key}" if path else str(key))
    else:
        yield f"{path} {changes}"


def _statistics() -> str:
    return (
        "<b>Statistics.</b> A world of one number has the same miners in every case and family, so the number of a "
        "world is the unit: its values are averaged first. Intervals are 95 % bootstrap intervals, bias-corrected and "
        "accelerated (BCa). p is that of Fisher's randomisation test of signs, and Holm's correction makes the "
        "chance of any false finding among the finalists at most 5 %. Intervals are for one candidate at a time."
    )


def _rule() -> str:
    return (
        "<b>The rule.</b> A candidate is recommended only if it keeps all limits, its corrected p is below 5 % with a "
        "positive difference, and the lower end of its interval over the held-out families is above 0. A family with "
        "more numbers replaces a simpler one only if the lower end of the difference of the two is above 0. "
        "Otherwise the first baseline stays."
    )


def _space(material: Material) -> str:
    rows = "".join(
        f'<tr><th scope="row">{safe(axis.name)}</th><td>{digits(axis.low)}</td><td>{digits(axis.high)}</td>'
        f"<td>{axis.scale}</td></tr>"
        for axis in material.spec.space.dimensions
    )
    choices = "".join(
        f"<p>Chosen: {safe(choice.name)}, of {safe(', '.join(map(str, choice.options)))}.</p>"
        for choice in material.spec.space.choices
    )
    return (
        f'{choices}<table class="numbers"><thead><tr><th>number</th><th>from</th><th>to</th><th>scale</th></tr></thead>'
        f"<tbody>{rows}</tbody></table><p>A number that ends in <code>_share</code> is a share of the way from the "
        "least of a parameter to another one that it must stay below.</p>"
    )


def _time(material: Material) -> str:
    told = material.manifest
    return (
        f"The last call took {number(told['seconds'], 1)} s with {count(int(told['workers']), 'worker')}, of which "
        f"{number(told['simulation_seconds'], 1)} s were simulation; {number(100 * told['overhead'], 1)} % were not. "
        f"It found {told['resumed_from']} of {told['trials']} trials done, and took {number(told['peak_mb'])} MB at "
        "most in its main process."
    )


def _again(material: Material) -> str:
    told, recipe = material.manifest, material.spec.recipe
    versions = {"steepest": told.get("steepest"), "python": told.get("python"), **told.get("libraries", {})}
    storage = "in <code>journal.log</code>" if told.get("storage") == "journal" else "in the database"
    return (
        f"<pre>{safe(str(told.get('command', '')))}</pre><p>The same command goes on with the study "
        f"{safe(recipe.name)}, digest {safe(str(told.get('digest', '')))}, wherever it stopped; with more "
        "<code>trials</code>, more worlds or other held-out families it measures only what is missing. Another seed, "
        f"sampler, space or scenario is another study. Trials are {storage}, worlds in <code>worlds/</code>, the "
        "resolved study in <code>spec.yaml</code>, all numbers of this page in <code>results.json</code>. Seed "
        f"{recipe.seed}; finished {safe(str(told.get('finished', '')))} on {safe(str(told.get('machine', '')))}. "
        f"Versions: {safe(', '.join(f'{name} {version}' for name, version in versions.items()))}.</p>"
    )
