"""What a need is called where it is kept. Names are computed, never chosen; no two needs share one.

An application's need is `hello.db`: neither word holds a dot, so no other pair reads the same. What
applications share by an `id` is `shared.postgres.main`, since no application may be called
`shared`. Names that are too long for their place end in a digest of the whole.
"""

from __future__ import annotations

import hashlib

from rackhouse.rack.rules.applications import RESERVED as PARTS

RESERVED = PARTS | {"routes", "shared"}  # no application may be called so

_POSTGRES_LIMIT = 63  # bytes of an identifier
_BUCKET_LIMIT = 63
_DIGITS = 16


def role(application: str, need: str) -> str:
    """`hello.db`."""
    return f"{application}.{need}"


def shared(kind: str, id: str) -> str:
    """`shared.postgres.main`: what the id `main` means among those of one kind."""
    return f"shared.{kind}.{id}"


def database(role: str) -> str:
    """The name of a database and of its role in PostgreSQL: `hello_db`."""
    return within(role.replace(".", "_"), _POSTGRES_LIMIT, "__")


def bucket(role: str) -> str:
    """The name of a bucket: `hello.files`, 3 to 63 characters."""
    return within(role, _BUCKET_LIMIT, ".")


def prefix(role: str) -> str:
    """What the keys of a user of the cache begin with: `hello.visits:`."""
    return f"{role}:"


def within(name: str, limit: int, join: str) -> str:
    """`name`; where it is too long, its beginning, `join`, and a digest of the whole."""
    if len(name) <= limit:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:_DIGITS]
    return name[: limit - len(join) - _DIGITS].rstrip("-._") + join + digest
