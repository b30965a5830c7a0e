"""The table of gaps, the recipes made from it, and the mixtures of judges."""

import pickle

import numpy as np
import pytest
from gaps import gap
from places import ROOT

from policies.errors import InputError
from sim.data.judging import MIXTURES, Mixture, mixture
from sim.data.sets import (
    EXPONENT,
    GAPS,
    HEIGHT,
    JUDGES,
    RECIPES,
    SET_GAPS,
    SET_WORTH,
    SETS,
    SOURCES,
    TABLES,
    WORTH,
    require_known,
)
from sim.traces.laws.datasets import shift

PAGE = ROOT / "docs" / "data-sets.md"
OWN = {
    "refinedweb": "refinedweb",
    "fineweb": "fineweb",
    "fineweb-edu": "fineweb-edu-2",
    "code": "stack",
    "papers": "pes2o",
    "maths": "finemath",
}


def test_own_kind_has_no_gap():
    """A source loses nothing on its own judge, and something on every other one."""
    zero = {(s, j) for s in SOURCES for j in JUDGES if gap(s, j) == 0.0}
    assert zero == set(OWN.items())
    assert (GAPS >= 0.0).all()


def test_web_text_differs_by_what_was_measured():
    """Between web sets a gap is 0.05 to 0.17 nats, the size of the measured shifts; on code it is ten times that."""
    web = GAPS[:3, :3][~np.eye(3, dtype=bool)]
    assert web.min() == 0.05
    assert web.max() == 0.17
    assert gap("fineweb-edu", "refinedweb") == pytest.approx(shift("c4", "refinedweb").nats, abs=0.01)
    assert gap("fineweb", "refinedweb") == pytest.approx(shift("redpajama", "refinedweb").nats, abs=0.01)
    assert gap("refinedweb", "fineweb") == pytest.approx(-shift("c4", "c4-validation").nats, abs=0.01)
    assert 0.8 < gap("refinedweb", "stack") < 1.26 < -shift("redpajama", "code").nats


def test_every_cell_has_its_reason():
    """A cell is the judge's own kind, a stand-in with its number, or an assumption; eleven are stand-ins."""
    cells = {(s, j): TABLES["gaps"][s][j] for s in SOURCES for j in JUDGES}
    assert {place for place, cell in cells.items() if cell.get("own")} == set(OWN.items())
    stand_ins = [cell["stand-in"] for cell in cells.values() if "stand-in" in cell]
    assert len(stand_ins) == 11
    assert all(any(letter.isdigit() for letter in why) for why in stand_ins)
    others = [cell for place, cell in cells.items() if place not in OWN.items() and "stand-in" not in cell]
    assert all(TABLES["assumptions"][cell["assumed"]] for cell in others)


def test_worth_by_pencil():
    """A token worth w of the judge's own leaves a gap of `HEIGHT * (w ** -EXPONENT - 1)`; own tokens are worth 1."""
    left = HEIGHT * (WORTH**-EXPONENT - 1.0)
    assert left == pytest.approx(GAPS, abs=1e-12)
    assert ((WORTH > 0.0) & (WORTH <= 1.0)).all()
    assert WORTH[0, 3] == pytest.approx(5.0 ** (-10.0 / 3.0))  # 1 nat over 0.25


def test_recipes_are_worth_what_is_in_them():
    """A recipe's tokens are worth the mean of its sources', so on code it loses little more than its share says."""
    for name, shares in RECIPES.items():
        assert sum(shares.values()) == pytest.approx(1.0)
        expected = sum(share * WORTH[SOURCES.index(source)] for source, share in shares.items())
        assert SET_WORTH[SETS.index(name)] == pytest.approx(expected)
        assert gap(name, "stack") == pytest.approx(0.25 * (0.35**-0.3 - 1.0), abs=0.005)
    assert np.array_equal(SET_GAPS[: len(SOURCES)], GAPS)


def test_a_little_code_takes_most_of_the_gap():
    """One part of code in twenty takes more than half of web text's gap on code away, as RedPajama's 5 % does."""
    some = HEIGHT * ((0.95 * WORTH[0, 3] + 0.05) ** -EXPONENT - 1.0)
    assert some < 0.4 * gap("refinedweb", "stack")


def test_the_six_tasks():
    """The subnet's six tasks have the weights of its last release, and together 1."""
    assert MIXTURES["six-tasks"].weights == {
        "fineweb": 0.30,
        "fineweb-edu-2": 0.25,
        "stack": 0.35,
        "pes2o": 0.05,
        "finemath": 0.03,
        "infiwebmath": 0.02,
    }
    for each in MIXTURES.values():
        assert sum(each.weights.values()) == pytest.approx(1.0, abs=1e-12)


def test_the_page_has_the_table():
    """docs/data-sets.md shows every gap as it is, rounded to two digits."""
    lines = [line.split("|")[1:-1] for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    rows = {cells[0].strip(" `"): cells[1:] for cells in lines}
    for name in SETS:
        shown = [float(cell.strip(" *")) for cell in rows[name]]
        assert shown == [round(gap(name, judge), 2) for judge in JUDGES]
        stars = [cell.strip().endswith("*") for cell in rows[name]]
        assert name in RECIPES or stars == ["stand-in" in TABLES["gaps"][name][judge] for judge in JUDGES]


def test_tables_cannot_be_written():
    """The tables are constants: writing into them is an error."""
    for table in (GAPS, WORTH, SET_GAPS, SET_WORTH):
        with pytest.raises(ValueError, match="read-only"):
            table[0, 0] = 1.0


def test_mixtures_travel():
    """A mixture keeps its own copy of the weights, and goes through pickle, as it must for other processes."""
    weights = {"stack": 1.0}
    made = Mixture("code", weights)
    weights["stack"] = 2.0
    assert pickle.loads(pickle.dumps(made)) == made == Mixture("code", {"stack": 1.0})  # noqa: S301 - made here
    assert mixture({"stack": 1.0}).weights == {"stack": 1.0}
    assert mixture(made) is made
    assert mixture("fineweb") is MIXTURES["fineweb"]


@pytest.mark.parametrize(
    ("make", "says", "path"),
    [
        (lambda: require_known("finweb", SETS, "set", ("s",)), "no set 'finweb'; did you mean 'fineweb'?", ("s",)),
        (lambda: require_known("stak", JUDGES, "judge", ("j",)), "no judge 'stak'; did you mean 'stack'?", ("j",)),
        (lambda: require_known("six-mix", SOURCES, "source", ("s",)), "there is no source 'six-mix'", ("s",)),
        (lambda: mixture("six_tasks", ("a",)), "there is no mixture 'six_tasks'; did you mean 'six-tasks'?", ("a",)),
        (lambda: mixture({"pes2": 1.0}, ("a", 1)), "did you mean 'pes2o'?", ("a", 1, "weights", "pes2")),
        (lambda: Mixture("m", {"stack": 0.5, "pes2o": 0.4}), "the weights of 'm' sum to 0.9, but", ("weights",)),
        (lambda: Mixture("m", {}), "'m' has no weights, but a mixture needs at least one judge", ("weights",)),
        (lambda: Mixture("m", {"stack": 1.5, "pes2o": -0.5}), "'pes2o' is -0.5, but", ("weights", "pes2o")),
        (lambda: Mixture("m", {"stack": float("nan")}), "'stack' is nan, but", ("weights", "stack")),
    ],
)
def test_wrong_input_is_named(make, says, path):
    """A wrong name or weight is answered with what was given, the rule, the nearest name, and the path to it."""
    with pytest.raises(InputError) as caught:
        make()
    assert says in str(caught.value)
    assert caught.value.path == path
