"""Courses of progress behind addresses: four functions of a position, and the records of numbers that they read."""

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.compiler import functions, pointers
from sim.compiler.limits import NotCompilable, check
from sim.compiler.methods import interpreted, mark

if TYPE_CHECKING:
    from sim.miners.progress.course import Course


def compile_course(course: "Course", failures: list[Exception]) -> tuple[list[int], np.ndarray, Any]:
    """The addresses of a course's functions, the records that they read, and what must live as long."""
    kind: type = type(course)
    marked = np.dtype([(mark(kind), "f8"), *course.records.dtype.descr])
    records = np.zeros(len(course.records), marked)
    for name in course.records.dtype.names or ():
        records[name] = course.records[name]
    addresses, kept = [], []
    for name, count in course.functions:
        arguments = ", ".join("abc"[:count])
        shape = (pointers.ONE, pointers.TWO, pointers.THREE)[count - 1]
        try:
            check(kind, [name], set(records.dtype.names or ()))
            text = functions.NUMBER.format(name=name, arguments=arguments)
            addresses.append(functions.build(text, marked, {}, shape, {}))
        except NotCompilable as error:
            functions.warn(kind.__name__, kind, str(error), 100)
            kept.append(pointers.callback(_interpreted(kind, name, records), shape, float("nan"), failures))
            addresses.append(pointers.address_of(kept[-1]))
    return addresses, records, kept


def _interpreted(kind: type, name: str, records: np.ndarray) -> Any:
    first, size = records.ctypes.data, records.dtype.itemsize

    def call(address: int, *values: float) -> Any:
        return getattr(interpreted(kind, records[(address - first) // size]), name)(*values)

    return call
