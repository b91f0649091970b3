"""Passes: random tokens that let somebody in, remembered by their digest alone.

    LINK     what `up` prints, or one application's for another device. Single use, ten minutes
    SESSION  the owner's browser at the console. Two weeks
    TICKET   carries a session to one application at one origin. Single use, one minute
    DOOR     the owner's browser at one application at one origin. Twelve hours

Tickets and doors belong to a session and end with it: signing out of the console signs out of every
application. Must not know HTTP. Kept beside the store and not in it: passes are worth nothing in a
backup, and `up` adds one while the console reads.
"""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Kind(StrEnum):
    """What a pass is for."""

    LINK = "link"
    SESSION = "session"
    TICKET = "ticket"
    DOOR = "door"


LIFETIME = {Kind.LINK: 600.0, Kind.SESSION: 14 * 86400.0, Kind.TICKET: 60.0, Kind.DOOR: 43200.0}

_SCHEMA = """
CREATE TABLE IF NOT EXISTS pass (
    digest TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    session TEXT REFERENCES pass (digest) ON DELETE CASCADE,
    application TEXT NOT NULL,
    origin TEXT NOT NULL,
    expires REAL NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS pass_session ON pass (session);
"""
_FIND = "SELECT * FROM pass WHERE digest = ? AND kind = ?"
_SPEND = "DELETE FROM pass WHERE digest = ? AND kind = ? RETURNING *"


@dataclass(frozen=True, slots=True)
class Pass:
    """What is known of a token. `session` and `application` are "" where there is none."""

    digest: str
    kind: Kind
    session: str  # the digest of the session that it belongs to
    application: str
    origin: str  # where alone it is good
    expires: float  # Unix seconds


class Passes:
    """The passes of one rack, in a small SQLite file that several processes may hold open."""

    def __init__(self, path: Path) -> None:
        path.touch(mode=0o600)
        self._db = sqlite3.connect(path, isolation_level=None, timeout=5.0)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.execute("PRAGMA foreign_keys = ON")
        self._db.executescript(_SCHEMA)

    def issue(
        self,
        kind: Kind,
        now: float,
        *,
        session: Pass | None = None,
        application: str = "",
        origin: str = "",
    ) -> str:
        """A new token of 256 random bits, which does not outlive the `session` it belongs to."""
        self._db.execute("DELETE FROM pass WHERE expires <= ?", (now,))
        token = secrets.token_urlsafe(32)
        expires = now + LIFETIME[kind]
        if session:
            expires = min(expires, session.expires)
        self._db.execute(
            "INSERT INTO pass VALUES (?, ?, ?, ?, ?, ?)",
            (digest_of(token), kind, session and session.digest, application, origin, expires),
        )
        return token

    def find(self, kind: Kind, token: str, now: float) -> Pass | None:
        """The pass, while it is good."""
        return self._one(_FIND, digest_of(token), kind, now)

    def redeem(self, kind: Kind, token: str, now: float) -> Pass | None:
        """The pass, which is spent by this: of two who come with it, one gets it."""
        return self._one(_SPEND, digest_of(token), kind, now)

    def session_of(self, found: Pass, now: float) -> Pass | None:
        """The session that a ticket or a door belongs to, while it is good."""
        return self._one(_FIND, found.session, Kind.SESSION, now)

    def take_back(self, found: Pass) -> None:
        """End it, and everything that belongs to it."""
        self._db.execute("DELETE FROM pass WHERE digest = ?", (found.digest,))

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def _one(self, sql: str, digest: str, kind: Kind, now: float) -> Pass | None:
        row = self._db.execute(sql, (digest, kind)).fetchone()
        if row is None or row[5] <= now:
            return None
        return Pass(row[0], Kind(row[1]), row[2] or "", row[3], row[4], row[5])


def digest_of(token: str) -> str:
    """What is remembered of a token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
