"""Operators of Python, compiled: the same bits, and errors where Python has them."""

import pytest
from expressions import compare, compare_whole

OPERATORS = (
    *("a // b", "a % b", "a / b", "abs(a)", "-a", "a and b", "a or b", "divmod(a, b)[1]", "a // 7200", "a % 7200"),
    *("a < b < 1.0", "1.0 if a else b", "(a > b) + 1.0 * (b > 0.0)", "bool(a)"),
    *("a ** b", "a ** 2", "a ** 3", "a ** 0.5", "2.0 ** a", "a ** -1"),
)
"""What must agree, of two numbers."""

WHOLE = ("int(a) // 3", "int(a) % 7", "int(b) / 7", "int(a) * 7200", "int(a) * int(b)", "int(a) + int(b)")
"""What must agree, or fail where 64 bits are not enough."""


@pytest.mark.parametrize("expression", OPERATORS)
def test_compiled_is_python(expression: str) -> None:
    """An operator gives the same bits, and fails where Python raises an error."""
    compare(expression)


@pytest.mark.parametrize("expression", WHOLE)
def test_whole_numbers_have_64_bits(expression: str) -> None:
    """They are exact up to there, and nothing is wrong without a word beyond."""
    compare_whole(expression)
