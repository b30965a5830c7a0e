"""The verdict as JSON: what is recommended, why, and every measurement behind it."""

import json

from noisy_study import FIXED, LIMIT, LINEAR, Noisy, by_family, dethroning, spec, verdict

from experiments.search.verdict import Finalist


def test_drop_is_what_the_search_said_too_much(tmp_path):
    """Gain of the search less that of final worlds, and less that in the worst of the held-out families."""
    worth = lambda lane, case: by_family(linear={"noisy": 4.0, "many": 3.0, "long": 1.0}[case])(lane, case)  # noqa: E731
    found = verdict(spec(tmp_path), Noisy(worth, sd=0.0), [(LINEAR, [5.0], {})])
    told = found.document()["best"][0]
    assert told["drop"] == {"final": 1.0, "heldout": 4.0}
    assert (told["heldout"]["mean"], told["heldout"]["family"]) == (1.0, "long")
    assert {name: e["mean"] for name, e in told["heldout"]["families"].items()} == {"many": 3.0, "long": 1.0}


def test_document_is_json_with_who_and_how_much(tmp_path):
    """Plain data without NaN; finalists best first; sensitivity for the winner alone."""
    found = verdict(spec(tmp_path, *LIMIT), Noisy(by_family(linear=9.0), other=dethroning()))
    told = json.loads(json.dumps(found.document(), allow_nan=False))
    first = told["best"][0]
    assert (first["policy"], first["family"], first["trial"], first["reward"]) == ("linear", "linear", 1, "subnet")
    assert first["parameters"] == {"start": 0.004, "end": 0.002, "decay_blocks": 7200.0}
    assert told["recommended"]["trial"] == 1
    assert set(first["sensitivity"]["numbers"]) == {"start", "end", "decay_blocks"}
    assert [each["sensitivity"] for each in told["best"][1:]] == [None, None]
    limits = [min(each["difference"]["lo"], each["heldout"]["lo"]) for each in told["best"]]
    assert limits == sorted(limits, reverse=True)
    limit = {"family": "noisy", "level": 0.0, "limit": 0.05, "chance": 1.0, "kept": True}
    assert first["limits"] == {"false_dethroning": limit}


def test_feasible_needs_no_limits(tmp_path):
    """Without limits all candidates that did not fail are allowed."""
    found = verdict(spec(tmp_path), Noisy(by_family()), [(FIXED, [1.0], {})])
    assert isinstance(found.best[0], Finalist)
    assert found.best[0].feasible
