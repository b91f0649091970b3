"""Patterns for branches, tags and paths, as GitHub's filters mean them. Pure.

    *  any but `/`   **  any   **/  any folders, or none   [a-z]  one of these
    ?  the character before it, or nothing   +  once or more   \\  takes the next one as it stands

Matched without backtracking, in time linear in both lengths: a pattern comes from whoever pushes.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class _Atom:
    """One piece: a set of characters, or (`kind`) what `*`, `**` and `**/` stand for."""

    kind: str = ""
    ranges: tuple[tuple[str, str], ...] = ()
    least: int = 1  # of `ranges`: 0 or 1
    many: bool = False

    def ends(self, text: str, starts: set[int]) -> set[int]:
        """Where it may end, when it may begin at `starts`."""
        if self.kind == "**":
            return set(range(min(starts), len(text) + 1)) if starts else set()
        if self.kind == "**/":
            first = min(starts, default=len(text))
            return starts | {at + 1 for at in range(first + 1, len(text)) if text[at] == "/"}
        found = set(starts) if self.kind or not self.least else set()
        goes_on = self.many or bool(self.kind)
        for at in range(min(starts, default=len(text)), len(text)):
            if (at in starts or (goes_on and at in found)) and self._takes(text[at]):
                found.add(at + 1)
        return found

    def _takes(self, character: str) -> bool:
        if self.kind == "*":
            return character != "/"
        return any(low <= character <= high for low, high in self.ranges)


def matches(patterns: Iterable[str], name: str) -> bool:
    """Whether the list selects `name`: the last pattern that fits decides, `!` takes it out."""
    selected = False
    for pattern in patterns:
        negative = pattern.startswith("!")
        if selected is negative and _fits(pattern.removeprefix("!"), name):
            selected = not negative
    return selected


def broken(pattern: str) -> str:
    """What is wrong with a pattern, as the end of a sentence; "" when nothing is."""
    try:
        _atoms(pattern.removeprefix("!"))
    except ValueError as error:
        return str(error)
    return ""


def _fits(pattern: str, name: str) -> bool:
    places = {0}
    for atom in _atoms(pattern):
        places = atom.ends(name, places)
    return len(name) in places


@functools.lru_cache(maxsize=256)
def _atoms(pattern: str) -> tuple[_Atom, ...]:
    """The pieces of a pattern. ValueError when it cannot be read."""
    if not pattern:
        raise ValueError("is empty")
    atoms: list[_Atom] = []
    at = 0
    while at < len(pattern):
        atom, at = _next(pattern, at, atoms)
        atoms.append(atom)
    return tuple(atoms)


def _next(pattern: str, at: int, before: list[_Atom]) -> tuple[_Atom, int]:
    """The piece at `at`, and where the next begins. `?` and `+` change the piece before."""
    character = pattern[at]
    if character == "*":
        if pattern[at : at + 3] == "**/" and pattern[at + 3 : at + 4] not in {"?", "+"}:
            return _Atom(kind="**/"), at + 3
        return (_Atom(kind="**"), at + 2) if pattern[at + 1 : at + 2] == "*" else (_STAR, at + 1)
    if character in "?+" and before:
        last = before.pop()
        least = last.least if character == "+" else 0
        many = last.many or character == "+"
        return _Atom(last.kind, last.ranges, least, many), at + 1
    if character == "[":
        end = pattern.find("]", at + 1)
        if end <= at + 1:
            raise ValueError("has a `[` without its `]`" if end < 0 else "has nothing in its `[]`")
        return _Atom(ranges=_ranges(pattern[at + 1 : end])), end + 1
    if character == "\\":
        if at + 1 == len(pattern):
            raise ValueError("ends in a backslash")
        at += 1
        character = pattern[at]
    return _Atom(ranges=((character, character),)), at + 1


def _ranges(inside: str) -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, str]] = []
    at = 0
    while at < len(inside):
        wide = inside[at + 1 : at + 2] == "-" and at + 2 < len(inside)
        low, high = inside[at], inside[at + 2 if wide else at]
        if low > high:
            raise ValueError(f"has the range {low}-{high}, which is empty")
        found.append((low, high))
        at += 3 if wide else 1
    return tuple(found)


_STAR = _Atom(kind="*")
