"""Tools: the programs on this machine that resources are made from. Paths only; looks at nothing.

`kit.binaries.find_tools` finds them; `desired` gets them as an argument, since it is pure.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """Absolute paths of programs. "" where this machine has none (`node`, `npm`, `git` alone).

    `versions` is `postgres=18.6.3 valkey=9.1.2 ...`: part of what a part's process is digested
    from, so that a new version, though it lies at the same path, restarts that part alone.
    """

    python: str
    postgres_bin: str  # the folder of postgres, initdb, pg_isready
    valkey: str
    weed: str
    traefik: str
    uv: str
    node: str = ""
    npm: str = ""
    git: str = ""
    versions: str = ""

    def version(self, part: str) -> str:
        """The version of `part`; "" when it is not known."""
        known = dict(pair.split("=", 1) for pair in self.versions.split())
        return known.get(part, "")
