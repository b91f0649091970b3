"""Facts: what `desired` is told about this machine and this rack's vault, since it may not look."""

from __future__ import annotations

from dataclasses import dataclass

from rackhouse.resources.tools import Tools


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Names and paths, never a value.

    `given` holds `app.name` of every secret that a person set. `container_engine` is the program
    that runs images (`docker`, `podman`), "" where this machine has none. `rack_file` is absolute;
    "" for a rack without one.
    """

    tools: Tools
    given: frozenset[str] = frozenset()
    container_engine: str = ""
    rack_file: str = ""
