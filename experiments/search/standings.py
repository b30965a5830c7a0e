"""The standings: the finalists of a study and the recommendation, on one screen."""

from math import floor, log10

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from experiments.results.estimate import Estimate
from experiments.search.verdict import Finalist, Verdict

WIDE = 100  #: characters, where standard output is not a terminal
NOTE = (
    "Gains over {}, positive is better, in worlds of no other stage; below them 95 % BCa intervals over worlds. What a "
    "search says of its best is too good: compare it with the final worlds. p is Holm's, over the finalists."
)


def table(verdict: Verdict) -> None:
    """Print the finalists, best first, and the recommendation with its reason."""
    console = Console(width=None if Console().is_terminal else WIDE)
    if verdict.best:
        console.print(_finalists(verdict))
        console.print(Text(NOTE.format(verdict.baseline) + _faults(verdict)))
    name = verdict.baseline if verdict.recommended is None else verdict.recommended.label
    console.print(Text(f"\nrecommended: {name}", style="bold"))
    if verdict.recommended is not None:
        console.print(Text(f"  {_numbers(verdict.recommended)}"))
    console.print(Text(f"because {verdict.because}"))


def _finalists(verdict: Verdict) -> Table:
    unit = _unit(verdict)
    said = f" in units of {unit:g}" if unit != 1 else ""
    title = f"{verdict.objective}{said}: {len(verdict.best)} finalists of {len(verdict.shortlist)} ranked again"
    out = Table(title=Text(title), title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    out.add_column("candidate", overflow="fold", min_width=14, max_width=20)
    for heading in ("num-\nbers", "search", "re-\nranking", "final worlds", "p", "held-out"):
        out.add_column(Text(heading), justify="right", no_wrap=True)
    out.add_column("limits", no_wrap=True)
    for each in verdict.best:
        held = "-" if each.heldout is None else _text(each.heldout.mean, unit)
        cells = [_number(each.entry.search.mean / unit), _number(each.reranked.mean / unit)]
        cells = [f"{each.entry.complexity}", *cells, _text(each.difference, unit), f"{each.p_holm:.2g}", held]
        style = "bold" if each is verdict.recommended else ""
        out.add_row(Text(each.label), *map(Text, cells), Text(_limits(each)), style=style)
    return out


def _unit(verdict: Verdict) -> float:
    """The power of 1,000 in which the largest gain is from 1 to 1,000."""
    gains = [gain for each in verdict.best for gain in (each.entry.search.mean, each.difference.mean)]
    most = max((abs(gain) for gain in gains if abs(gain) > 0), default=1.0)
    return float(10.0 ** (3 * floor(log10(most) / 3)))


def _limits(each: Finalist) -> str:
    if each.error is not None:
        return "failed"
    return "-" if not each.limits else "kept" if each.feasible else "broken"


def _faults(verdict: Verdict) -> str:
    """A line for each finalist that failed or breaks a limit."""
    lines = []
    for each in verdict.best:
        broken = ", ".join(
            f"{name} is {limit.level:.4g}, "
            + ("worse than the baseline's" if isinstance(limit.limit, str) else f"not {limit.limit:.4g}")
            for name, limit in each.limits.items()
            if limit.missed > 0
        )
        if each.error is not None or broken:
            lines.append(f"\n{each.label}: {each.error or broken}")
    return "".join(lines)


def _numbers(each: Finalist) -> str:
    """The policy, reward, constants and options of a finalist in one line."""
    lane = each.entry.candidate.lane
    parts = [str(lane.policy.spec()), *([str(lane.reward.spec())] if lane.reward else [])]
    parts += [f"{key}={value:.6g}" for key, value in each.entry.candidate.params.items() if key.startswith("rules.")]
    parts += [f"{key}={value}" for key, value in each.entry.candidate.variant]
    return ", ".join(parts)


def _text(e: Estimate, unit: float) -> str:
    """A mean, and its interval in a second line."""
    return f"{_number(e.mean / unit)}\n{_number(e.lo / unit)} to {_number(e.hi / unit)}" if e.n else "-"


def _number(value: float) -> str:
    return f"{value:+,.0f}" if abs(value) >= 1000 else f"{value:+.3g}"
