"""The statements about links, and about keys of people's other programs. Of both the digest alone
is kept: 32 random bytes cannot be found again from it.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from rackhouse.services.study.model.kept import Frozen, Share, Token
from rackhouse.services.study.store.own import Own, known


class StoredShares:
    """Rows of `study_shares`."""

    def __init__(self, own: Own) -> None:
        self._own = own

    async def add(self, subject: str, digest: bytes, frozen: Frozen) -> Share:
        """One more."""
        rows = await self._own.rows(
            subject,
            "INSERT INTO study_shares (subject, digest, title, frozen)"
            " VALUES (%s, %s, %s, %s::jsonb) RETURNING id, title, made_at",
            [subject, digest, frozen.title, msgspec.json.encode(frozen).decode()],
        )
        id, title, made = rows[0]
        return Share(id=str(id), title=title, made=made)

    async def all(self, subject: str) -> Sequence[Share]:
        """The latest first."""
        rows = await self._own.rows(
            subject,
            "SELECT id, title, made_at FROM study_shares WHERE subject = %s"
            " ORDER BY made_at DESC, id",
            [subject],
        )
        return [Share(id=str(id), title=title, made=made) for id, title, made in rows]

    async def remove(self, subject: str, id: str) -> bool:
        """Nobody reads it any more."""
        return known(id) is not None and bool(
            await self._own.rows(
                subject,
                "DELETE FROM study_shares WHERE subject = %s AND id = %s RETURNING id",
                [subject, id],
            )
        )

    async def shown(self, digest: bytes) -> Frozen | None:
        """The copy that a link shows."""
        rows = await self._own.shown(
            digest, "SELECT frozen FROM study_shares WHERE digest = %s", [digest]
        )
        return msgspec.convert(rows[0][0], Frozen) if rows else None


class StoredTokens:
    """Rows of `study_tokens`."""

    def __init__(self, own: Own) -> None:
        self._own = own

    async def add(self, subject: str, digest: bytes, name: str) -> Token:
        """One more."""
        rows = await self._own.rows(
            subject,
            "INSERT INTO study_tokens (subject, digest, name) VALUES (%s, %s, %s)"
            " RETURNING id, name, made_at",
            [subject, digest, name],
        )
        id, called, made = rows[0]
        return Token(id=str(id), name=called, made=made)

    async def all(self, subject: str) -> Sequence[Token]:
        """The latest first."""
        rows = await self._own.rows(
            subject,
            "SELECT id, name, made_at FROM study_tokens WHERE subject = %s"
            " ORDER BY made_at DESC, id",
            [subject],
        )
        return [Token(id=str(id), name=name, made=made) for id, name, made in rows]

    async def remove(self, subject: str, id: str) -> bool:
        """It opens nothing any more."""
        return known(id) is not None and bool(
            await self._own.rows(
                subject,
                "DELETE FROM study_tokens WHERE subject = %s AND id = %s RETURNING id",
                [subject, id],
            )
        )

    async def whose(self, digest: bytes) -> str:
        """The person that it is of; "" for none."""
        rows = await self._own.shown(
            digest, "SELECT subject FROM study_tokens WHERE digest = %s", [digest]
        )
        return str(rows[0][0]) if rows else ""
