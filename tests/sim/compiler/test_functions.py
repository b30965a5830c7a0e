"""What is built behind addresses, and what is said where it cannot be compiled."""

import numpy as np
import pytest
from own_policies import Own

from sim.compiler.functions import Entry, InterpretedWarning, interpreted_only
from sim.compiler.functions import build as build_function
from sim.compiler.limits import NotCompilable
from sim.compiler.pointers import LEARN
from sim.compiler.policies import compile_policy

LIST = [0.1]


def test_nothing_is_built_where_all_runs_interpreted() -> None:
    """Then no function has an address of compiled code."""
    with interpreted_only(), pytest.raises(NotCompilable):
        build_function(Entry(LEARN, "", ()), np.dtype([("x", "f8")]))


def test_one_warning_for_a_class() -> None:
    """However often it is made, and whatever its parameters."""

    class Mine(Own):
        def curve(self, age: float) -> float:
            return LIST[0]

    with pytest.warns(InterpretedWarning) as found:
        made = [compile_policy(Mine(), columns, []) for columns in (1, 2, 3)]
    assert (len(found), len(made)) == (1, 3)


def test_no_warning_for_what_is_asked_for() -> None:
    """What is to run interpreted does so without a word; warnings are errors here."""

    class Mine(Own):
        def curve(self, age: float) -> float:
            return LIST[0]

    with interpreted_only():
        compile_policy(Mine(), 1, [])
