"""Lines: where in a file something is written. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from rackhouse.desired.explain.model import Line
from rackhouse.kit.yaml import Kind, Node, parse

Path = tuple[str, ...]


class Lines:
    """One file. What it does not say is found at the nearest place that it does."""

    def __init__(self, file: str, text: str) -> None:
        """`text` was read before: what is wrong in it was told then."""
        self.file = file
        self._texts = text.splitlines()
        self._lines = dict(_places(parse(text).root, ())) if text else {}

    def has(self, *path: str) -> bool:
        """Whether it is written."""
        return path in self._lines

    def unwritten(self, *path: str) -> Line:
        """What the file might say, and does not: the default holds."""
        return Line(file=self.file, line=0, path=".".join(path), text="")

    def at(self, *path: str) -> Line:
        """The line of a path, or of what it lies in; line 0 where none of it is written."""
        found = path
        while found and found not in self._lines:
            found = found[:-1]
        number = self._lines.get(found, 0)
        text = " ".join(self._texts[number - 1].split()) if number else ""
        return Line(file=self.file, line=number, path=".".join(found or path), text=text)


def _places(node: Node, path: Path) -> Iterator[tuple[Path, int]]:
    if node.kind is Kind.MAPPING:
        for key, value in node.pairs:
            yield (*path, key.text), key.line
            yield from _places(value, (*path, key.text))
    for number, item in enumerate(node.items):
        yield (*path, str(number)), item.line
        yield from _places(item, (*path, str(number)))
