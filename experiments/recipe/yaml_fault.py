"""What is wrong with a text that is no YAML, in a sentence: a colon, the indentation, a bracket, a quotation mark."""

import re
from dataclasses import dataclass
from typing import Any

import yaml

_COMMENT = re.compile(r"(^|\s)#.*")


def explain(text: str, error: yaml.YAMLError) -> tuple[int | None, str]:
    """The line of the fault, None if the parser does not say one, and a sentence that says what to do about it."""
    mark, begin = (getattr(error, f"{kind}_mark", None) for kind in ("problem", "context"))
    problem, context = (str(getattr(error, name, None) or "") for name in ("problem", "context"))
    if mark is None:
        return None, problem or str(error)
    fault = _Fault(text.split("\n"), mark, begin)
    found = None
    if "mapping values" in problem:
        found = fault.second_value()
    elif "start any token" in problem:
        found = fault.strange_character()
    elif begin is not None and "expected ':'" in problem:
        found = begin.line, fault.without_colon(begin.line)
    elif begin is not None and "flow" in context:
        found = mark.line, f"{fault.character(begin)!r} of line {begin.line + 1} is not closed, or a comma is missing"
    elif begin is not None and "quoted" in context:
        found = begin.line, "a quotation mark is not closed"
    elif begin is not None and "block" in context:
        found = fault.wrong_column()
    line, said = found or (mark.line, problem or str(error))
    return line + 1, said


@dataclass(frozen=True)
class _Fault:
    """Where the parser stopped, and where what it read then begins; lines count from 0."""

    lines: list[str]
    mark: Any
    begin: Any

    def character(self, mark: Any) -> str:
        return self.lines[mark.line][mark.column : mark.column + 1] if mark.line < len(self.lines) else ""

    def code(self, line: int) -> str:
        """A line without comment; empty after the last."""
        return _COMMENT.sub("", self.lines[line]).rstrip() if line < len(self.lines) else ""

    def quote(self, line: int) -> str:
        return repr(self.code(line).strip()[:40])

    def above(self, line: int) -> int:
        """The last line above that is not empty; the line itself if there is none."""
        return next((n for n in range(line - 1, -1, -1) if self.code(n)), line)

    def indent(self, line: int) -> int:
        return len(self.code(line)) - len(self.code(line).lstrip(" "))

    def spaces(self, line: int) -> str:
        return f"{self.indent(line)} space{'' if self.indent(line) == 1 else 's'}"

    def without_colon(self, line: int) -> str:
        colon = ":" in self.code(line)
        key, _, value = self.code(line).strip().removeprefix("- ").partition(":" if colon else " ")
        said = "no space after the colon" if colon else "no colon"
        return f"{self.quote(line)} has {said}; write {f'{key}: {value.strip()}'.strip()!r}"

    def second_value(self) -> tuple[int, str]:
        """A colon where there is a value already."""
        line, above = self.mark.line, self.above(self.mark.line)
        if re.search(r":\s", self.code(line)[: self.mark.column]):
            return line, "two colons in a line; put what belongs to the first in braces {}, or text in quotation marks"
        if above < line and not re.search(r":|^\s*- ", self.code(above)):
            return above, self.without_colon(above)
        said = f"as if it belonged to line {above + 1}, which has a value already"
        usual = f"line {above + 1} is indented by {self.spaces(above)}"
        return line, f"{self.quote(line)} is indented by {self.spaces(line)}, {said}; {usual}"

    def strange_character(self) -> tuple[int, str]:
        found = self.character(self.mark)
        tab = "the line is indented with a tab; use spaces"
        return self.mark.line, tab if found == "\t" else f"a value begins with {found!r}; put it in quotation marks"

    def wrong_column(self) -> tuple[int, str] | None:
        """A line that begins in no column in which one may begin there."""
        line, first = self.mark.line, self.begin.line
        if line <= first or not self.code(line):
            return None
        if self.indent(line) == self.begin.column and self.character(self.begin) == "-":
            said = f"stands in the column of the list on line {first + 1}, but does not begin with '- '"
            return line, f"{self.quote(line)} {said}; indent it as the key that it belongs beside"
        known = {self.indent(n): n for n in (first, self.above(line))}
        beside = " or ".join(f"{column} as line {n + 1}" for column, n in sorted(known.items()))
        said = f"{self.quote(line)} is indented by {self.spaces(line)}, as nothing above it"
        return line, f"{said}; what belongs together begins in one column, {beside}"
