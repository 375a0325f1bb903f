"""On which line of a TOML text each key stands, which the standard parser does not tell."""

import tomllib
from collections.abc import Mapping

Path = tuple[str | int, ...]
"""Where a value stands: names of tables and keys, and places in arrays of tables, counted from 0."""


class Positions:
    """Lines of the keys of a text that `tomllib` accepts."""

    def __init__(self, text: str) -> None:
        self._lines: dict[Path, int] = {(): 1}
        self._latest: dict[Path, int] = {}
        self._walk(text.replace("\r\n", "\n").split("\n"))

    def line_of(self, path: Path) -> int:
        """Return the line (from 1) of the key, or of the nearest enclosing one that is written down."""
        while path not in self._lines:
            path = path[:-1]
        return self._lines[path]

    def _walk(self, lines: list[str]) -> None:
        table: Path = ()
        start = 0
        while start < len(lines):
            end, statement = _statement(lines, start)
            if lines[start].lstrip().startswith("["):
                table = self._enter(statement, start + 1)
            else:
                self._note(table, statement, start + 1)
            start = end

    def _enter(self, header: Mapping[str, object], line: int) -> Path:
        """Note a header such as ``[a.b]`` or ``[[a]]`` and return the table it opens."""
        path: Path = ()
        node: object = header
        while isinstance(node, dict) and node:
            path, node = self._step(path, *next(iter(node.items())))
        self._lines.setdefault(path, line)
        return path

    def _step(self, path: Path, name: str, below: object) -> tuple[Path, object]:
        path = (*path, name)
        if isinstance(below, list):
            self._latest[path] = self._latest.get(path, -1) + 1
            below = below[0]
        return ((*path, self._latest[path]) if path in self._latest else path), below

    def _note(self, table: Path, values: Mapping[str, object], line: int) -> None:
        for name, value in values.items():
            self._lines.setdefault((*table, name), line)
            if isinstance(value, dict):
                self._note((*table, name), value, line)


def _statement(lines: list[str], start: int) -> tuple[int, Mapping[str, object]]:
    """Return the end of the statement that starts here, which is where it first parses alone, and its parse."""
    for end in range(start + 1, len(lines) + 1):
        try:
            return end, tomllib.loads("\n".join(lines[start:end]))
        except tomllib.TOMLDecodeError:
            continue
    return len(lines), {}
