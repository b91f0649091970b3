"""Part: what one embedded part consists of. The words that the modules beside this one share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rackhouse.resources.core import Id, Resource, Text
from rackhouse.resources.place import Place
from rackhouse.resources.tools import Tools

HERE = "127.0.0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part: its resources, the place it offers (or none), and how it is reached."""

    resources: tuple[Resource[Any], ...]
    place: Place | None = None
    outputs: Mapping[str, Text] = field(default_factory=dict)


def machine(kind: str, name: str) -> Id:
    """`machine/<kind>/<name>`."""
    return Id("machine", kind, name)


def vault(kind: str, name: str) -> Id:
    """`vault/<kind>/<name>`."""
    return Id("vault", kind, name)


def neighbour(port: Id, offset: int) -> Text:
    """The number of the port `offset` places after the first of a block."""
    return Text.of(port.ref(f"number+{offset}" if offset else "number"))


def version(tools: Tools, part: str) -> tuple[str, Text]:
    """An environment variable that names the version, so that another one restarts the part."""
    return ("RACKHOUSE_PART", Text.of(f"{part} {tools.version(part)}"))


def argv(*words: str | Text) -> tuple[Text, ...]:
    """A command line, each word a Text."""
    return tuple(Text.of(word) for word in words)
