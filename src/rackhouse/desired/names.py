"""What a need is called where it is kept. Names are computed, never chosen; no two needs share one.

An application's need is `hello.db`: neither word holds a dot, so no other pair reads the same. What
applications share by an `id` is `shared.id.<id>`, which no pair can spell. Names that are too
long for their place end in a digest of the whole.
"""

from __future__ import annotations

import hashlib

_POSTGRES_LIMIT = 63  # bytes of an identifier
_BUCKET_LIMIT = 63
_DIGITS = 16


def role(application: str, need: str, shared: str = "") -> str:
    """`hello.db`, or `shared.id.main` for what is shared by the id `main`."""
    return f"shared.id.{shared}" if shared else f"{application}.{need}"


def database(role: str) -> str:
    """The name of a database and of its role in PostgreSQL: `hello_db`."""
    return _within(role.replace(".", "_"), _POSTGRES_LIMIT, "__")


def bucket(role: str) -> str:
    """The name of a bucket: `hello.files`, 3 to 63 characters."""
    return _within(role, _BUCKET_LIMIT, ".")


def prefix(role: str) -> str:
    """What the keys of a Redis user begin with: `hello.cache:`."""
    return f"{role}:"


def _within(name: str, limit: int, join: str) -> str:
    if len(name) <= limit:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:_DIGITS]
    return name[: limit - len(join) - _DIGITS].rstrip("-._") + join + digest
