"""Specs of the target `postgres`: databases with the role that owns them."""

from __future__ import annotations

from dataclasses import dataclass

from rackhouse.resources.core import Text


@dataclass(frozen=True, slots=True)
class Database:
    """`postgres/database/<name>`: a database and a role that owns it and can reach no other.

    `extensions` are created by the administrator; those the server lacks and `optional` names are
    passed over with a word in the journal. Always `keep`.
    """

    name: str
    role: str
    password: Text
    extensions: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()


PostgresSpec = Database
