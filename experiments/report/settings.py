"""Settings and versions as text."""

from collections.abc import Iterator
from typing import Any


def versions(manifest: dict[str, Any]) -> str:
    """The versions of the programs that made the results."""
    own = {"steepest": manifest.get("steepest"), "python": manifest.get("python"), **manifest.get("libraries", {})}
    return ", ".join(f"{name} {version}" for name, version in own.items())


def leaves(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Key path and text of every plain value inside nested settings; a list of plain values counts as one."""
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            yield from leaves(inner, f"{key}.{name}" if key else str(name))
    elif isinstance(value, list) and any(isinstance(inner, dict | list) for inner in value):
        for i, inner in enumerate(value):
            yield from leaves(inner, f"{key}.{i + 1}")
    elif isinstance(value, list):
        yield key, ", ".join(map(leaf, value)) or "none"
    else:
        yield key, leaf(value)


def leaf(value: Any) -> str:
    """A plain value as text."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.12g}" if abs(value) < 1e6 else f"{value:.6g}"
    if value == {}:
        return "by default"
    return str(value) if value or value == 0 else "none"
