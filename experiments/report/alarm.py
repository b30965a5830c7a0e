"""The alarm on top of a page: worlds that failed, and what the first of them said."""

from experiments.report.results import Results
from experiments.report.text import safe


def alarm(results: Results) -> str:
    """As HTML; empty where no world failed."""
    if not results.failures:
        return ""
    first, total = results.failures[0], len(results.failures) + results.worlds
    names = ", ".join(f"{safe(f.race)} world {f.world}" for f in results.failures[:12])
    more = f" and {len(results.failures) - 12} more" if len(results.failures) > 12 else ""
    bad = len(results.failures)
    return (
        f'<aside class="failed" role="alert"><p><strong>{bad} of {total} worlds failed</strong> and are missing '
        f"from all numbers below: {names}{more}.</p><details><summary>The first error ({safe(first.race)}, world "
        f"{first.world})</summary><pre>{safe(first.error)}</pre></details></aside>"
    )
