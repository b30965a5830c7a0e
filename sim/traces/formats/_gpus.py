"""Which GPUs a log names in the table of nvidia-smi or in its list."""

import re

_ROW = re.compile(r"\|\s{1,9}(\d{1,3})\s{1,9}(\S[^|]{1,60})\|")
_LISTED = re.compile(r"GPU (\d{1,3}): ([^(]{1,60})\(UUID")
_END_OF_NAME = re.compile(r"\s+(?:On|Off|N/A|Default)\s*$|\s{3,}.*$")
_MAKERS = ("NVIDIA", "Tesla", "GeForce", "Quadro", "AMD", "A100", "H100")


class Gpus:
    """The GPUs of one machine by number, as lines name them."""

    def __init__(self) -> None:
        self._names: dict[int, str] = {}

    def saw(self, line: str) -> bool:
        """Whether the line names a GPU."""
        found = _ROW.match(line) if line.startswith("|") else _LISTED.match(line) if line.startswith("GPU ") else None
        if found is None or not (name := _END_OF_NAME.sub("", found[2].rstrip())).startswith(_MAKERS):
            return False
        self._names[int(found[1])] = name
        return True

    def __str__(self) -> str:
        """`8x NVIDIA H100 80GB HBM3`; "" if no line named any."""
        kinds: dict[str, int] = {}
        for name in self._names.values():
            kinds[name] = kinds.get(name, 0) + 1
        return ", ".join(f"{count}x {name}" for name, count in kinds.items())
