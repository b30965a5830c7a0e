"""What is remembered."""

from math import nan

import pytest

from policies import Memory


def test_memory_has_the_names_it_began_with() -> None:
    """A name that is not remembered cannot be set, and the nearest that is remembered is offered."""
    memory = Memory(Memory(factor=1), slope=nan)
    with pytest.raises(AttributeError, match=r"'slop'.*did you mean 'slope'"):
        memory.slop = 1.0
    memory.slope = 2
    assert memory == Memory(Memory(factor=1.0), slope=2.0)
    assert memory != Memory(Memory(factor=1.0), slope=2.5)
    assert memory.numbers() == {"slope": 2.0}
    assert repr(memory) == "Memory(slope=2.0, then=Memory(factor=1.0))"


def test_unknown_numbers_in_memories_are_equal() -> None:
    """Two memories that both do not know a number agree."""
    assert Memory(slope=nan) == Memory(slope=-nan + 1)
