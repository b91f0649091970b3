"""Note: what we write on a role, as its comment. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass

from rackhouse.resources.seen import Stamp


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """The stamp of `database`, and the extensions that we made in it: others are its owner's."""

    database: str
    stamp: Stamp
    extensions: tuple[str, ...] = ()

    def to_json(self) -> str:
        """One line that `read` reads back."""
        return json.dumps(
            {
                "rackhouse": self.database,
                "extensions": self.extensions,
                "stamp": json.loads(self.stamp.to_json()),
            },
            separators=(",", ":"),
        )


def read(comment: str | None) -> Note | None:
    """The note in a comment; None when it is anybody else's, or none."""
    try:
        body = json.loads(comment or "")
        return Note(
            database=str(body["rackhouse"]),
            stamp=Stamp.from_json(json.dumps(body["stamp"])),
            extensions=tuple(map(str, body["extensions"])),
        )
    except (ValueError, KeyError, TypeError):
        return None
