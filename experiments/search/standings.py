"""The standings: the finalists of a study and the recommendation, on one screen."""

from math import floor, isnan, log10

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from experiments.results.estimate import Estimate
from experiments.search.verdict import Finalist, Hold, Verdict

WIDE = 100  #: characters, where standard output is not a terminal
NOTE = (
    "Gains over {}, positive is better, in worlds of no other stage; below them 95 % BCa intervals over worlds. What a "
    "search says of its best is too good: compare it with the final worlds. p is Holm's, over the finalists, of the "
    "family where it is largest. Of several families the gain is that where its lower limit is least."
)


def table(verdict: Verdict) -> None:
    """Print the recommendation with its reason, and the finalists, best first."""
    console = Console(width=None if Console().is_terminal else WIDE)
    winner = verdict.recommended
    console.print(Text(f"recommended: {verdict.baseline if winner is None else winner.label}", style="bold"))
    if winner is not None:
        lane, candidate = winner.candidate.lane, winner.candidate
        parts = [str(lane.policy.spec()), *([str(lane.reward.spec())] if lane.reward else [])]
        parts += [f"rules.{key}={value:.6g}" for key, value in candidate.constants.items()]
        parts += [f"{key}={value}" for key, value in candidate.variant]
        console.print(Text(f"  {', '.join(parts)}"))
    console.print(Text(f"{verdict.because}\n"))
    if verdict.best:
        console.print(_finalists(verdict))
        main = winner or verdict.best[0]
        if sum(len(hold.families) for hold in main.holds) > 1:
            console.print(_families(main, _unit(verdict)))
        console.print(Text(NOTE.format(verdict.baseline) + "".join(map(_fault, verdict.best))))


def _finalists(verdict: Verdict) -> Table:
    unit = _unit(verdict)
    title = (
        f"{verdict.objective}{f' in units of {unit:g}' if unit != 1 else ''}: "
        f"{len(verdict.best)} finalists of {len(verdict.reranked)} ranked again"
    )
    out = Table(title=Text(title), title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    out.add_column("candidate", overflow="fold", min_width=14, max_width=20)
    for heading in ("num-\nbers", "search", "re-\nranking", "final worlds", "p", "held-out"):
        out.add_column(Text(heading), justify="right", no_wrap=True)
    out.add_column("limits", no_wrap=True)
    for each in verdict.best:
        limits = "failed" if each.error else "-" if not each.limits else "kept" if each.feasible else "broken"
        cells = [
            each.label,
            f"{each.complexity}",
            _number(each.search.mean / unit),
            _number(each.rerank.mean / unit),
            _worst(each.difference, unit),
            f"{each.p_holm:.2g}",
            "-" if each.heldout is None else _worst(each.heldout, unit),
            limits,
        ]
        out.add_row(*map(Text, cells), style="bold" if each is verdict.recommended else "")
    return out


def _families(each: Finalist, unit: float) -> Table:
    """The gain of a finalist in every family, and the regret where the miners play."""
    title = Text(f"{each.label} in each family")
    out = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    out.add_column("family", overflow="fold", min_width=14, max_width=40)
    for heading in ("gain", "95 %", "p", "regret", "settled"):
        out.add_column(heading, justify="right", no_wrap=True)
    for hold in each.holds:
        for name, gain in hold.families.items():
            mean, *limits = _text(gain, unit).split("\n")
            regret = "-" if gain.regret is None else f"{gain.regret.mean:+.2g}"
            settled = "-" if gain.settled is None else "yes" if gain.settled else "no"
            out.add_row(*map(Text, (name, mean, *(limits or [""]), f"{gain.p:.2g}", regret, settled)))
    return out


def _unit(verdict: Verdict) -> float:
    """The power of 1,000 in which the largest gain is from 1 to 1,000."""
    gains = [gain for each in verdict.best for gain in (each.search.mean, each.difference.mean)]
    most = max((abs(gain) for gain in gains if abs(gain) > 0), default=1.0)
    return float(10.0 ** (3 * floor(log10(most) / 3)))


def _fault(each: Finalist) -> str:
    """A line about a finalist that failed or may break a limit; empty for the others."""
    broken = [
        f"{name} does not exist"
        if isnan(limit.level)
        else f"{name} is {limit.level:.4g}{_in(each.difference, limit.family)}, "
        f"{'not worse than that of the baseline' if isinstance(limit.limit, str) else f'within {limit.limit:.4g}'} "
        f"with a chance of {limit.chance:.0%}"
        for name, limit in each.limits.items()
        if not limit.kept
    ]
    return f"\n{each.label}: {each.error or ', '.join(broken)}" if each.error or broken else ""


def _worst(hold: Hold, unit: float) -> str:
    """A gain with its interval, and its family where there are several."""
    return _text(hold, unit) + _in(hold, hold.family).replace(" ", "\n", 1)


def _in(hold: Hold, family: str) -> str:
    """A family, where there are several."""
    return f" in {family}" if len(hold.families) > 1 else ""


def _text(e: Estimate, unit: float) -> str:
    """A mean, and its interval in a second line."""
    return f"{_number(e.mean / unit)}\n{_number(e.lo / unit)} to {_number(e.hi / unit)}" if e.n else "-"


def _number(value: float) -> str:
    return f"{value:+,.0f}" if abs(value) >= 1000 else f"{value:+.3g}"
