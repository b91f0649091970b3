"""What changed between two specifications, field by field, for people. Decides nothing.

Reads the canonical `Resource.text`, where what comes later is a reference: no value of the vault
can appear here, since none is in it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, TypeAlias

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"


@dataclass(frozen=True, slots=True)
class Change:
    """One field, or one item of a list. `old` None: it is new; `new` None: it is gone."""

    path: str  # program.env.DATABASE_URL
    old: str | None
    new: str | None

    def __str__(self) -> str:
        if self.old is None:
            return f"{self.path}: + {self.new}"
        if self.new is None:
            return f"{self.path}: - {self.old}"
        return f"{self.path}: {self.old} -> {self.new}"


def difference(old: str, new: str) -> tuple[Change, ...]:
    """The changes from one `Resource.text` to another, in the order of the fields."""
    return tuple(fields("", _opened(old), _opened(new)))


def _opened(text: str) -> dict[str, Json]:
    """The fields of the specification beside those that every resource has."""
    body: dict[str, Any] = json.loads(text)
    spec = body.pop("spec")
    return {**(_manifest(spec.get("body")) or spec), "needs": body.pop("before"), **body}


def _manifest(value: Json) -> dict[str, Json] | None:
    """An object of Kubernetes, which a specification holds as the text that is sent."""
    if not isinstance(value, str) or not value.startswith('{"apiVersion":'):
        return None
    manifest: dict[str, Json] = json.loads(value)
    return manifest


def fields(path: str, old: Mapping[str, Json], new: Mapping[str, Json]) -> Iterator[Change]:
    """The changes from one mapping to another; `path` is what comes before each of theirs."""
    for name in [*old, *(name for name in new if name not in old)]:
        inside = f"{path}.{name}" if path and name else path or name or "kind"
        if name not in old:
            yield Change(inside, None, _shown(new[name]))
        elif name not in new:
            yield Change(inside, _shown(old[name]), None)
        else:
            yield from _values(inside, old[name], new[name])


def _values(path: str, old: Json, new: Json) -> Iterator[Change]:
    if old == new:
        return
    before, after = _named(old), _named(new)
    if before is not None and after is not None and before != after:  # not in their order alone
        yield from fields(path, before, after)
        return
    items, others = _items(old), _items(new)
    if items is not None and others is not None:
        yield from _lists(path, items, others)
    else:
        yield Change(path, _shown(old), _shown(new))


def _lists(path: str, old: list[str], new: list[str]) -> Iterator[Change]:
    for what, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            continue
        both = min(b - a, d - c)
        yield from (Change(path, old[a + n], new[c + n]) for n in range(both))
        yield from (Change(path, item, None) for item in old[a + both : b])
        yield from (Change(path, None, item) for item in new[c + both : d])


def _named(value: Json) -> dict[str, Json] | None:
    """What has fields: a value of its own, or items that each have a name, such as variables."""
    if isinstance(value, dict):
        return value
    found: dict[str, Json] = {}
    for item in value if isinstance(value, list) else [None]:
        match item:
            case [str(name), each] if name not in found:
                found[name] = each
            case {"name": str(name)} if name not in found:
                found[name] = item
            case _:
                return None
    return found


def _items(value: Json) -> list[str] | None:
    """What has items: a list, or a text of several lines."""
    if isinstance(value, str):
        return value.splitlines() if "\n" in value else None
    return [_shown(item) for item in value] if isinstance(value, list) else None


def _shown(value: Json) -> str:
    return value if isinstance(value, str) and value else json.dumps(value)
