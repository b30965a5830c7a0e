"""One reader per format, found by the file it stands in.

A reader is a module with two functions: `sniff(source) -> float`, how sure it is from the content (never from the
name), and `read(source) -> Iterator[Records]`, which raises `Unreadable` where a file is damaged, is larger than the
bounds, or has no rows or no loss; the message is the reason. It knows the format and nothing else; what readers share
is in `sim.traces.reading`, and the rules that hold for every log are in `sim.traces.tidy`.
"""

from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType

from sim.traces.reading.source import Source


@cache
def readers() -> dict[str, ModuleType]:
    """The readers by name."""
    stems = sorted(path.stem for path in Path(__file__).parent.glob("[!_]*.py"))
    return {stem.replace("_", "-"): import_module(f"{__name__}.{stem}") for stem in stems}


def recognise(source: Source) -> str | None:
    """The name of the reader that is surest of a file; `None` if none knows it."""
    # all are asked: a log of DeepSpeed is also one of Megatron, which says more
    sure = {name: module.sniff(source) for name, module in readers().items()}
    best = max(sure, key=lambda name: sure[name])
    return best if sure[best] > 0 else None
