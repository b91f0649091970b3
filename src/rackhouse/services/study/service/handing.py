"""What is handed out: links and keys. Each is 32 random bytes; its digest is all that is kept."""

from __future__ import annotations

import hashlib
import secrets

from msgspec import structs

from rackhouse.services.study.model.kept import Conversation, Frozen

KEY = "study-"  # so that a scanner of secrets knows one


def new(prefix: str = "") -> tuple[str, bytes]:
    """A secret, and its digest."""
    secret = f"{prefix}{secrets.token_urlsafe(32)}"
    return secret, digest(secret)


def digest(secret: str) -> bytes:
    """By which it is known again."""
    return hashlib.sha256(secret.encode()).digest()


def frozen(held: Conversation) -> Frozen:
    """A copy to hand out: how an answer was made stays with whoever asked."""
    turns = tuple(
        structs.replace(
            each, answer=structs.replace(each.answer, trace=(), conversation="", evidence=())
        )
        for each in held.turns
    )
    return Frozen(title=held.title, turns=turns)
