"""The engine's own loops, compiled by numba: no fast maths, so that every bit is what the source says."""

from collections.abc import Callable
from typing import Any, Generic, ParamSpec, TypeVar

import numba
from numba import njit, typeof
from numba.core.registry import CPUDispatcher

from sim.compiler.cache import DiskCache
from sim.compiler.pipeline import PartCompiler

P = ParamSpec("P")
R = TypeVar("R")

# loops are short: more of this would double the time to compile, and gain nothing
numba.config.LOOP_VECTORIZE = 0
numba.config.DISABLE_JIT = 0  # there is no other form of them


class _Part(CPUDispatcher):  # type: ignore[misc]
    """What other compiled functions call; a call from Python goes to `whole`.

    For Python, every array of every argument is taken apart, and machine code is made: for functions of many arrays
    that takes longer than all the rest, and only few of them are called from outside.
    """

    whole: Callable[..., Any]

    def __call__(self, *arguments: Any) -> Any:
        return self.whole(*arguments)


def _part(function: Callable[P, R], whole: Any, **options: Any) -> Callable[P, R]:
    given = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True, "pipeline_class": PartCompiler}
    made: Any = njit(function, error_model="numpy", **given, **options)
    made.__class__ = _Part
    made.whole = whole
    return made  # type: ignore[no-any-return]


def _whole(function: Callable[P, R], **options: Any) -> Any:
    made: Any = njit(function, error_model="numpy", no_cfunc_wrapper=True, **options)
    made._cache = DiskCache(function)
    return made


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """The function compiled when it is first called, and kept on disk for the next process."""
    return _part(function, _whole(function, _nrt=False), _nrt=False)


def allocating(function: Callable[P, R]) -> Callable[P, R]:
    """The same for a function that makes arrays."""
    return _part(function, _whole(function), _nrt=True)


def inner(function: Callable[P, R]) -> Callable[P, R]:
    """The same for a function that only other compiled ones call; Python's calls run interpreted."""
    return _part(function, function, _nrt=False)


def inlined(function: Callable[P, R]) -> Callable[P, R]:
    """The same for one that is called so often that handing over its arguments would take longer than its work."""
    return _part(function, function, _nrt=False, forceinline=True)


class Direct(Generic[P, R]):
    """A compiled function for arguments of the same types in every call: they are looked at in the first one only.

    A call takes 1 us instead of 10, where the arguments are tuples of many arrays.
    """

    def __init__(self, function: Callable[P, R]) -> None:
        self._function: Any = function
        self._entry: Any = None

    def __call__(self, *arguments: P.args, **named: P.kwargs) -> R:
        """Call the function; arguments have no names."""
        if self._entry is None:
            self._entry = self._function.whole.compile(tuple(typeof(argument) for argument in arguments))
        return self._entry(*arguments)  # type: ignore[no-any-return]
