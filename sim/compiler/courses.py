"""Courses of progress behind addresses: four functions of a position, and the records of numbers that they read."""

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.compiler.functions import Compiled, Entry, compile_entries
from sim.compiler.methods import instance_of, mark
from sim.compiler.pointers import ONE, THREE, TWO

if TYPE_CHECKING:
    from sim.miners.progress.course import Course

NUMBER = """
def function(self, {arguments}):
    return record(self).{name}({arguments})
"""


def compile_course(course: "Course", failures: list[Exception]) -> Compiled:
    """The functions of a course, a column for each of its records; `failures` gets what interpreted ones raise."""
    kind: type = type(course)
    names = course.records.dtype.names or ()
    records = np.zeros(len(course.records), np.dtype([(mark(kind), "f8"), *course.records.dtype.descr]))
    for name in names:
        records[name] = course.records[name]

    def entry(name: str, count: int) -> Entry:
        text = NUMBER.format(name=name, arguments=", ".join("abc"[:count]))
        return Entry((ONE, TWO, THREE)[count - 1], text, ((kind, name, frozenset(records.dtype.names or ())),))

    def interpret(column: int) -> dict[str, Any]:
        mine = instance_of(kind, records[column])
        return {name: getattr(mine, name) for name, _ in course.functions}

    entries = {name: entry(name, count) for name, count in course.functions}
    return compile_entries(kind.__name__, kind, records, entries, interpret, failures)
