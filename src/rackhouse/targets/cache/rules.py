"""What a user may do: everything with its own keys and channels, nothing that shows others'. Pure.

Keys are named after sessions and tokens, so the names of others' keys are secrets too: SCAN, KEYS
and RANDOMKEY, which no pattern restrains, are denied, and so is tracking, which tells of every
change. Functions are shared by all users of a server: one could put its own code in another's way.
"""

from __future__ import annotations

import hashlib
import re

_COMMANDS = (
    *("+@all", "-@admin", "-@dangerous"),
    "+info",  # BullMQ, Sidekiq and others ask it for the version before anything else
    *("-scan", "-randomkey", "-pubsub|channels", "-pubsub|shardchannels", "-client|tracking"),
    *("-function", "-script|flush", "-script|kill", "-script|debug"),
)


def rules(prefix: str, password: str) -> tuple[str, ...]:
    """The words of ACL SETUSER, for a user that is made anew. The password is given as a digest."""
    own = pattern(prefix)
    digest = hashlib.sha256(password.encode()).hexdigest()
    return ("reset", "on", f"#{digest}", f"~{own}", f"&{own}", *_COMMANDS)


def pattern(prefix: str) -> str:
    """The glob that matches what begins with `prefix`, whatever letters that has."""
    return re.sub(r"([*?\[\]\\])", r"\\\1", prefix) + "*"
