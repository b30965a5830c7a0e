"""Functions of Python, compiled: the same bits, and errors where Python has them."""

import math
import operator

import pytest
from expressions import compare, compare_whole

from sim.compiler import limits, maths

OF_TWO = {"atan2", "copysign", "nextafter", "frexp"}
"""Functions that are asked in another form."""

FUNCTIONS = (
    *("min(a, b)", "max(a, b)", "min(a, b, 1.0)", "max(a, 1)", "math.pow(a, b)"),
    *("math.atan2(a, b)", "math.copysign(a, b)", "math.nextafter(a, b)", "math.frexp(a)[0]", "math.frexp(a)[1] + 0.5"),
    *("policies.numbers.power(a, b)", "policies.numbers.floor(a)", "policies.numbers.normal_quantile(a)"),
    *(f"math.{name}(a)" for name in (*maths.CHECKED_NAMES, *maths.EXACT_NAMES) if name not in OF_TWO),
)
"""What must agree, of two numbers."""


@pytest.mark.parametrize("expression", FUNCTIONS)
def test_compiled_is_python(expression: str) -> None:
    """A function gives the same bits, and fails where Python raises an error."""
    compare(expression)


@pytest.mark.parametrize("expression", ["math.ceil(a) / 2", "math.floor(a) / 2", "math.trunc(a) / 2"])
def test_whole_numbers_have_64_bits(expression: str) -> None:
    """They are exact up to there, and nothing is wrong without a word beyond."""
    compare_whole(expression)


def test_the_rest_of_math_is_refused() -> None:
    """Every function of `math` is either known to agree or refused; so are those of Python itself."""
    known = {*maths.CHECKED_NAMES, *maths.EXACT_NAMES, "pow", "ceil", "floor", "trunc"}
    for name in dir(math):
        function = getattr(math, name)
        if callable(function) and not name.startswith("_"):
            assert (limits._fault_of(name, function) is None) == (name in known), name
    assert limits._fault_of("power", operator.pow) is not None
