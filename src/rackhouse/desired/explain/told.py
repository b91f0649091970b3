"""Told: gathers what is told of each line, and misses nothing that is made. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rackhouse.app.annotations import PREFIX
from rackhouse.app.model import Need
from rackhouse.desired.case import Case
from rackhouse.desired.explain import words
from rackhouse.desired.explain.lines import Lines
from rackhouse.desired.explain.model import Line, Origin, Thing
from rackhouse.resources.core import Id, Resource

Wanted = Mapping[Id, Resource[Any]]


class Told:
    """One application on one target. `kinds` says of each kind of resource what it is."""

    def __init__(
        self, case: Case, wanted: Wanted, files: tuple[Lines, Lines], kinds: Mapping[str, str]
    ) -> None:
        """`files`: the application's, and the rack's."""
        self.case = case
        self.wanted = wanted
        self._score, self._rack = files
        self._kinds = kinds
        self._things: dict[Line, dict[Id, Thing]] = {}
        self._at: dict[tuple[str, int | str], Line] = {}

    def score(self, *path: str) -> Line:
        """A line of the application's file."""
        return self._score.at(*path)

    def rack(self, *path: str) -> Line:
        """A line of the rack file."""
        return self._rack.at(*path)

    def need(self, need: Need) -> Line:
        """Where a need is declared."""
        return self.score("resources", need.name)

    def note(self, word: str) -> Line | None:
        """The line of an annotation of ours, where it is written."""
        path = ("metadata", "annotations", PREFIX + word)
        return self.score(*path) if self._score.has(*path) else None

    def setting(self, word: str) -> Line:
        """Where access, exposure and the like are decided: the rack file's entry, the application's
        own annotation, or what holds for the whole rack.
        """
        entry = ("applications", self.case.app.name, word)
        if self._rack.has(*entry):
            return self.rack(*entry)
        if line := self.note(word):
            return line
        return self.rack(word) if self._rack.has(word) else self._rack.unwritten(*entry)

    def makes(self, line: Line, ids: Iterable[Id], what: str = "") -> None:
        """They are there because of that line."""
        for id in ids:
            self._tell(line, id, what or self._kinds.get(id.kind, ""), made=True)

    def shapes(self, line: Line, ids: Iterable[Id], what: str) -> None:
        """That line says how they are."""
        for id in ids:
            self._tell(line, id, what, made=False)

    def origins(self) -> tuple[Origin, ...]:
        """By file and line, and what is not written last. What no line was told to make is there
        for the name's sake.
        """
        told = {id for found in self._things.values() for id, it in found.items() if it.made}
        name = self.score("metadata", "name")
        own = (id for id, it in self.wanted.items() if it.owner == self.case.app.name)
        self.makes(name, [id for id in own if id not in told])
        files = (self._score.file, self._rack.file)
        lines = sorted(self._things, key=lambda it: (not it.line, files.index(it.file), it.line))
        return tuple(Origin(line=line, things=tuple(self._things[line].values())) for line in lines)

    def kept(self, origins: Iterable[Origin]) -> list[str]:
        """What of it stays when it is removed, but for the rack's own: `database hello_db`."""
        things = (it for origin in origins for it in origin.things if it.keep and it.made)
        own = (it.id for it in things if self.wanted[Id.parse(it.id)].owner != "rack")
        return [words.named(id, self.case.app.name) for id in own]

    def _first(self, line: Line) -> Line:
        """A line that holds several of the paths is told of once."""
        return self._at.setdefault((line.file, line.line or line.path), line)

    def _tell(self, line: Line, id: Id, what: str, *, made: bool) -> None:
        if id not in self.wanted:
            return
        found = self._things.setdefault(self._first(line), {})
        before = found.get(id)
        if before is not None:
            what = "; ".join(dict.fromkeys(filter(None, (before.what, what))))
            made = made or before.made
        keep = self.wanted[id].keep
        found[id] = Thing(id=str(id), what=what, made=made, keep=keep)


def needed(application: str, need: Need) -> Line:
    """Where a file that is not at hand declares a need."""
    path = f"resources.{need.name}"
    return Line(file=f"{application}/score.yaml", line=need.line, path=path, text="")
