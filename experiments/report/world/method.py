"""How the numbers of simulated worlds were computed: what a world is, what is assumed, intervals, definitions."""

from collections.abc import Callable
from typing import Any

from experiments.estimate import LEVEL
from experiments.report.method import again, kings, own_rules, terms
from experiments.report.results import Results
from experiments.report.text import number
from experiments.report.world.numbers import people, scenario
from experiments.tables import TABLES
from experiments.world_metrics import WORLD_METRICS
from sim.clock import BLOCK_SECONDS


def method(results: Results) -> str:
    """The last part of the page, as HTML."""
    texts = (_world(results), _miners(results), _validator(results), _credit(), _intervals())
    return (
        f"{''.join(f'<p>{text}</p>' for text in texts)}{people(results)}<h3>Scenario</h3>{scenario(results)}"
        f'<h3>Definitions</h3><dl class="terms">{terms(WORLD_METRICS)}</dl>'
        f"<h3>To get these numbers again</h3>{again(results)}{_missing(results)}"
    )


def _world(results: Results) -> str:
    cases = " Each case is a scenario of its own, with worlds of its own." if len(results.races) > 1 else ""
    return (
        "<b>A world</b> is everything that does not depend on a policy: who the miners are, their GPUs and their "
        "skill, when each of them looks up, the luck of their training, and the noise of every evaluation. It is "
        "drawn from the seed. <b>A lane</b> is one policy in one population that lives through a world. All lanes "
        "of a world share its draws (common random numbers), so lanes differ only by their policy, their rules, "
        "their population and what miners do because of them, and differences are taken world by world. Lanes never"
        f" meet.{cases}"
    )


def _miners(results: Results) -> str:
    hours = _each(results, lambda case: number(case["wake_blocks"] * BLOCK_SECONDS / 3600, 1).removesuffix(".0"))
    return (
        f"<b>Miners</b> look up every {hours} hours. They see what is public and their own measurements, never a "
        "true loss, and decide by their strategy: train, take over the king's model, submit, copy, stay out. "
        "Training moves a model along the scenario's ways of progress at the speed of its owner's GPUs. "
        "<b>Assumed</b>, and worth varying, are the strategies and how many follow each, how progress comes, the "
        "spread of skill, prices, and what emission is worth; neither its price nor stake reacts to what happens. "
        "Metrics use true losses, which nobody in the world sees; where what is judged changes, they use one target "
        "data mix for the whole contest: the mixture judged at its end."
    )


def _validator(results: Results) -> str:
    minutes = _each(results, lambda case: number(case["validation"]["step_blocks"] * BLOCK_SECONDS / 60))
    return (
        f"<b>The validator</b> begins a step every {minutes} minutes if the last one is done, measures the models "
        "that wait and those in its pool on the same fresh text, and compares them in pairs; the loss of the "
        "earlier model is multiplied by 1 − ε, and ε depends on its age: that is the policy. How a king is made "
        f"({kings(results)}).{own_rules(results)}"
    )


def _credit() -> str:
    return (
        "<b>Credit.</b> Whenever the king's loss falls below all before, the fall is split equally over the miners "
        "in the lineage of his model: those whose models it was trained on from. Misallocation, the rank "
        "correlations and “credited” compare the emission with these shares."
    )


def _intervals() -> str:
    return (
        f"<b>Intervals.</b> A number is the mean over cases of the mean over each case's worlds. Its "
        f"{100 * LEVEL:.0f} % interval is Student's t with the variance within cases: it says what other miners, luck "
        "and pages of the same kind would give, not what other cases, populations or assumptions would. Differences "
        "are to the baseline's policy in the same population, taken world by world first. Intervals are for one lane "
        "at a time; the best of many lanes owes some of its lead to having been picked."
    )


def _missing(results: Results) -> str:
    """What has no figure because its table was not kept."""
    names = [name for name in TABLES if name != "metrics" and name not in results.kept]
    return f"<p>The run did not keep {' and '.join(names)}, so there are no figures of them.</p>" if names else ""


def _each(results: Results, told: Callable[[dict[str, Any]], str]) -> str:
    """What the cases say, once where they say the same."""
    cases = [results.scenario.get("cases", {}).get(case.name) for case in results.races]
    return " or ".join(dict.fromkeys(told(case) for case in cases if case)) or "so many"
