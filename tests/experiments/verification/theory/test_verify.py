"""`verify theory`: worlds against closed forms, and that a wrong mechanism or a wrong number is found out."""

import json
from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest
from typer.testing import CliRunner

from experiments.cli.app import app
from experiments.verification.theory import verify as room
from experiments.verification.theory.check import Check
from experiments.verification.theory.checks import checks
from experiments.verification.theory.verify import summary, verify
from experiments.verification.theory.worlds import crowds, evaluations, payments
from experiments.verification.theory.worlds.setting import Sample, exactly

GATED = {"queue step", "queue step variance", "queue delay"}
"""Checks that take seconds."""
KEYS = ["id", "what", "expected", "simulated", "se", "z", "ok"]


@pytest.fixture
def only(monkeypatch):
    """Makes `verify` know these passes and the checks whose ids begin so, and nothing else."""

    def limit(*passes, named, changed=()):
        known = [check for check in checks() if check.id.startswith(named) and check.id not in GATED]
        known = [Check(c.id, c.what, dict(changed).get(c.id, c.expected)) for c in known]
        monkeypatch.setattr(room, "CONTESTS", (SimpleNamespace(passes=lambda quick: list(passes)),))
        monkeypatch.setattr(room, "checks", lambda quick: known)

    return limit


@pytest.mark.slow
def test_all_checks_hold():
    """The whole set, in order, in as many worlds as the documentation says; the end-to-end tests have the quick one."""
    rows = verify(workers=2)["checks"]
    assert [row["id"] for row in rows] == [check.id for check in checks()]
    assert [row["id"] for row in rows if not row["ok"]] == []


def test_the_summary_has_a_line_for_each_check(only):
    """Ids in the order of the results, whatever the passes' order, and last what they come to."""
    passes = partial(evaluations.ordered, 101), evaluations.succession, partial(evaluations.ordered, 11)
    only(*passes, named=("average", "softmax"))
    lines = summary(verify()).splitlines()
    assert [line.partition("   ")[0] for line in lines[1:-1]] == [
        *(f"average new steps={steps}" for steps in (1, 2, 3, 5)),
        "average old",
        "softmax top models=11",
        "softmax top models=101",
    ]
    assert lines[-1] == "7 of 7 checks hold (|z| < 3.5); furthest off is softmax top models=101, z = -1.91"


def test_kings_who_beat_the_king_alone_are_told_apart(only):
    """The check fails with `king` in place of `running-best`: some that beat the king do not beat a near-miss."""
    for semantics, holds in (("running-best", True), ("king", False)):
        crowd = partial(crowds.margins, "running-best", (100,), range(150), semantics)
        only(crowd, named="running-best n=100 epsilon=0.01")
        (row,) = verify()["checks"]
        assert row["ok"] == holds
        assert holds or row["z"] > 6


def test_a_wrong_number_ends_with_1(only):
    """One falsified number is one check that is not ok, and the exit code is 1; with the true one it is 0."""
    parts = partial(evaluations.ordered, 11), partial(payments.case, 4)
    for changed, failed in (({}, []), ({"pool case=4 model=1": 0.34}, ["pool case=4 model=1"])):
        only(*parts, named=("softmax top models=11", "pool case=4"), changed=changed)
        done = CliRunner().invoke(app, ["verify", "theory", "--json", "--workers", "1"])
        rows = json.loads(done.stdout)["checks"]
        assert [list(row) for row in rows] == [KEYS] * 4
        assert [row["id"] for row in rows if not row["ok"]] == failed
        assert done.exit_code == len(failed)
        text = CliRunner().invoke(app, ["verify", "theory", "--workers", "1"])
        assert text.stdout.count("FAILED") == text.exit_code == len(failed)


def test_numbers_do_not_depend_on_the_workers(only):
    """Two processes give the same document as none, and tell how far they are."""
    only(*(partial(crowds.first_kings, part) for part in (range(60), range(60, 100))), named="records law")
    told = []
    one, two = verify(), verify(workers=2, progress=lambda done, total: told.append((done, total)))
    assert one == two
    assert told == [(1, 2), (2, 2)]


def test_numbers_do_not_depend_on_the_passes():
    """Worlds are the same in one pass and in two."""
    whole, parts = crowds.first_kings(range(30)), [crowds.first_kings(part) for part in (range(10), range(10, 30))]
    for name, sample in whole.items():
        assert np.array_equal(sample.values, np.concatenate([part[name].values for part in parts]))


def test_estimates_by_hand(only):
    """A mean of 1, 2, 6 is 3 with a standard error of the root of 7/3; 12 in 6 is a ratio of 2."""
    plain, ratio = np.array([1.0, 2.0, 6.0]), np.array([1.0, 2.0, 3.0])
    only(lambda: {"luck hhi": Sample(plain)}, named="luck hhi", changed={"luck hhi": 2.0})
    (row,) = verify()["checks"]
    assert (row["simulated"], row["se"]) == (3.0, pytest.approx((7 / 3) ** 0.5))
    assert row["z"] == pytest.approx(1 / (7 / 3) ** 0.5)
    assert row["what"].endswith("; 3 worlds")
    only(lambda: {"luck hhi": Sample(2.0 * ratio, ratio)}, named="luck hhi", changed={"luck hhi": 2.0})
    (row,) = verify()["checks"]
    assert (row["simulated"], row["se"], row["z"], row["ok"]) == (2.0, 0.0, 0.0, True)


@pytest.mark.parametrize(("off", "ok"), [(0.0, True), (0.009, True), (-0.0101, False)])
def test_what_is_certain_has_a_tolerance(only, off, ok):
    """Without chance z is 3.5 at the tolerance, which the text names with its unit."""
    only(lambda: {"luck hhi": exactly(1.0 + off, 0.01, "d")}, named="luck hhi", changed={"luck hhi": 1.0})
    (row,) = verify()["checks"]
    assert (row["z"], row["se"], row["ok"]) == (pytest.approx(350 * off), 0.0, ok)
    assert row["what"].endswith("; exact to 0.01 d")


def test_what_never_varies_is_not_a_success(only):
    """A number that is the same in every world, but not the expected one, fails though its standard error is 0."""
    only(lambda: {"luck hhi": Sample(np.ones(5))}, named="luck hhi", changed={"luck hhi": 0.99})
    (row,) = verify()["checks"]
    assert not row["ok"]
