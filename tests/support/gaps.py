"""One cell of the table of gaps: what training on a set costs on a judge."""

from sim.data.sets import JUDGES, SET_GAPS, SETS


def gap(trained_on: str, judge: str) -> float:
    """Nats per token that training on a set loses on a judge, over training on the judge's own kind of text."""
    return float(SET_GAPS[SETS.index(trained_on), JUDGES.index(judge)])
