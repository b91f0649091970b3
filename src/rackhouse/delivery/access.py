"""Access tokens: who may read and write which repository. Only a token's digest is kept.

A token is 32 random bytes, so its SHA-256 says nothing about it, and whoever tries to guess one
learns nothing from how long the answer takes: what is looked up is the digest of the guess.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from rackhouse.kit.errors import Missing, UsageError
from rackhouse.kit.text import format_seconds, is_name, parse_duration
from rackhouse.resources.core import Hidden
from rackhouse.store.forge import AuditRow, Forge, Scope, TokenRow

PREFIX = "rh_"  # so that scanners for leaked secrets know one when they see it
OWNER = "owner"
_BYTES = 32
_SELDOM = 300.0  # seconds: how exact "last used" is
_RANK = {Scope.READ: 0, Scope.WRITE: 1, Scope.ADMIN: 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who is asking, by which token, and what that token may do."""

    person: str
    token: int
    scope: Scope
    repositories: tuple[str, ...]

    def may(self, scope: Scope, repository: str) -> bool:
        """Whether the caller may do that to the repository of that name, there or not."""
        named = any(fnmatchcase(repository, pattern) for pattern in self.repositories)
        return named and _RANK[scope] <= _RANK[self.scope]


def create_token(
    forge: Forge,
    *,
    person: str = OWNER,
    title: str,
    scope: Scope = Scope.WRITE,
    repositories: Sequence[str] = ("*",),
    expires: float | None = None,
    now: float,
) -> tuple[TokenRow, Hidden]:
    """A new token; its text is in this answer and nowhere else. `expires`: Unix seconds.

    The person is made when there is none of that name. UsageError for a name that is none.
    """
    if not is_name(person):
        fix = "use small letters, digits and hyphens, at most 40, beginning with a letter"
        raise UsageError(f"{person!r} cannot be the name of a person", fix=fix)
    text = PREFIX + secrets.token_urlsafe(_BYTES)
    row = TokenRow(
        person=person,
        title=title,
        digest=_digest(text),
        scope=scope,
        repositories=tuple(repositories),
        made=now,
        expires=expires,
    )
    forge.put_person(person, now)
    row = forge.add_token(row)
    forge.note(AuditRow(at=now, who=person, what="made a token", thing=_thing(row), detail=title))
    return row, Hidden(text)


def caller_of(forge: Forge, text: str, now: float) -> Caller | None:
    """Whose token that is; None when it is nobody's, or has expired."""
    digest = _digest(text)
    row = forge.token_of(digest)
    if row is None or not hmac.compare_digest(row.digest, digest):
        return None
    if row.expires is not None and row.expires <= now:
        return None
    if row.used is None or not 0 <= now - row.used < _SELDOM:
        forge.use_token(row.id, now)
    return Caller(person=row.person, token=row.id, scope=row.scope, repositories=row.repositories)


def revoke(forge: Forge, token: int, *, by: str, now: float) -> TokenRow:
    """Forget a token: from now on it opens nothing. Missing when there is none of that number."""
    row = next((row for row in forge.tokens() if row.id == token), None)
    if row is None:
        raise Missing(f"there is no token {token}", fix="see `rackhouse token list`")
    forge.drop_token(token)
    forge.note(AuditRow(at=now, who=by, what="revoked", thing=_thing(row), detail=row.title))
    return row


def revoke_titled(forge: Forge, title: str, *, by: str, now: float) -> None:
    """Forget the owner's tokens of that title, if there are any."""
    for row in forge.tokens(OWNER):
        if row.title == title:
            revoke(forge, row.id, by=by, now=now)


def lifetime(text: str) -> float:
    """Seconds in `90d`. UsageError when that is no time."""
    try:
        return parse_duration(text)
    except ValueError as error:
        raise UsageError(str(error), fix="give days or hours: 90d, 12h") from error


def described(row: TokenRow, now: float) -> str:
    """One line for people: whose, what it opens, until when, last used when."""
    opens = f"{row.scope} {', '.join(row.repositories)}"
    ends = "never expires"
    if row.expires is not None:
        left = row.expires - now
        ends = f"expires in {format_seconds(left)}" if left > 0 else "has expired"
    used = f"used {format_seconds(max(0.0, now - row.used))} ago" if row.used else "never used"
    return f"{row.person}  {row.title}  ({opens}; {ends}; {used})"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()


def _thing(row: TokenRow) -> str:
    return f"token/{row.id}"
