"""Rules as a record for the compiled loops."""

from dataclasses import fields
from typing import get_args

import pytest

from policies import InputError
from sim.mechanism.rules import (
    AVERAGE,
    KING,
    PER_SAMPLE,
    POOL,
    RULES,
    RUNNING_BEST,
    SAMPLE_CHAMPION,
    Rules,
    Semantics,
    Wins,
)

OTHER = Rules(0.04, 0.9, 30, False, 7, 0.18, True, 0.0, True, "per-sample", 2.0, "running-best", 3.0)
"""Every rule other than by default, but for the one that does not go with `per-sample`."""


@pytest.mark.parametrize("rules", [Rules(), OTHER, Rules(sample_factor=4.0)])
def test_a_record_has_every_rule(rules: Rules) -> None:
    """The record's fields are the rules', with their values; the two words are numbers."""
    record = rules.record()
    assert set(RULES.names or ()) == {field.name for field in fields(Rules)}
    for field in fields(Rules):
        if field.name not in {"wins", "semantics"}:
            assert record[field.name] == getattr(rules, field.name)
            assert field.name == "sample_factor" or OTHER.record()[field.name] != Rules().record()[field.name]


def test_single_samples_are_the_scenarios() -> None:
    """Where samples are compared one by one, all lanes have the same number of them."""
    with pytest.raises(InputError, match="sample_factor is 2, but where wins are per-sample it must be 1"):
        Rules(wins="per-sample", sample_factor=2.0)


def test_words_have_their_codes() -> None:
    """Each word of a rule has the number by which the loops know it."""
    assert {word: Rules(wins=word).record()["wins"] for word in get_args(Wins)} == {
        "average": AVERAGE,
        "per-sample": PER_SAMPLE,
        "sample-champion": SAMPLE_CHAMPION,
    }
    assert {word: Rules(semantics=word).record()["semantics"] for word in get_args(Semantics)} == {
        "pool": POOL,
        "king": KING,
        "running-best": RUNNING_BEST,
    }
