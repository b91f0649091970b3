"""The statements about people's keys. A key is known by its SHA-256 digest, which is all that is
kept of it: 32 random bytes cannot be found again from that.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, LiteralString

import msgspec
from psycopg.types.json import Jsonb

from rackhouse.kit.postgres.database import Database
from rackhouse.services.gateway.model.config import Limit
from rackhouse.services.gateway.model.keys import PersonKey

_SELECT: LiteralString = (
    "SELECT name, person, application, models, limits, requests_per_minute, tokens_per_minute,"
    " expires_at, made_at FROM gateway_keys"
)


class StoredKeys:
    """Every method raises `Gone` when PostgreSQL is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, digest: bytes) -> PersonKey | None:
        """The key of that digest; None for one that is not known, was revoked or has expired."""
        rows = await self._database.rows(
            _SELECT
            + " WHERE digest = %s AND (expires_at IS NULL OR expires_at > clock_timestamp())",
            (digest,),
        )
        return _key(rows[0]) if rows else None

    async def add(self, key: PersonKey, digest: bytes) -> bool:
        """False where there is one of that name."""
        rows = await self._database.rows(
            "INSERT INTO gateway_keys (name, digest, person, application, models, limits,"
            " requests_per_minute, tokens_per_minute, expires_at)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (name) DO NOTHING"
            " RETURNING name",
            (
                key.name,
                digest,
                key.person,
                key.application,
                list(key.models),
                Jsonb(msgspec.to_builtins(key.limits)),
                key.requests_per_minute,
                key.tokens_per_minute,
                key.expires,
            ),
        )
        return bool(rows)

    async def all(self) -> Sequence[PersonKey]:
        """By name."""
        rows = await self._database.rows(_SELECT + " ORDER BY name")
        return [_key(row) for row in rows]

    async def revoke(self, name: str) -> bool:
        """False where there is none of that name."""
        rows = await self._database.rows(
            "DELETE FROM gateway_keys WHERE name = %s RETURNING name", (name,)
        )
        return bool(rows)


def _key(row: Sequence[Any]) -> PersonKey:
    name, person, application, models, limits, requests, tokens, expires, made = row
    return PersonKey(
        name=name,
        person=person,
        application=application,
        models=tuple(models),
        limits=msgspec.convert(limits, tuple[Limit, ...]),
        requests_per_minute=requests,
        tokens_per_minute=tokens,
        expires=expires,
        made=made,
    )
