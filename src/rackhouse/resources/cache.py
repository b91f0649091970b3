"""Specs of the target `cache` (Valkey or Redis): users with a key space of their own."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rackhouse.resources.core import Text


@dataclass(frozen=True, slots=True)
class User:
    """`cache/user/<name>`: an ACL user that reaches keys and channels under `prefix` alone.

    Removing it removes the user; its keys are removed with `--purge` alone. Always `keep`.
    """

    name: str
    password: Text
    prefix: str  # "hello:"


CacheSpec = User

# What a user may do: everything with its own keys and channels, nothing that shows others'. Keys
# are named after sessions and tokens, so the names of others' keys are secrets too: SCAN, KEYS and
# RANDOMKEY, which no pattern restrains, are denied, and so is tracking, which tells of each change.
# Functions are shared by all users of a server: one could put its own code in another's way.
COMMANDS = (
    *("+@all", "-@admin", "-@dangerous"),
    "+info",  # BullMQ, Sidekiq and others ask it for the version before anything else
    *("-scan", "-randomkey", "-pubsub|channels", "-pubsub|shardchannels", "-client|tracking"),
    *("-function", "-script|flush", "-script|kill", "-script|debug"),
)


def pattern(prefix: str) -> str:
    """The glob that matches what begins with `prefix`, whatever letters that has."""
    return re.sub(r"([*?\[\]\\])", r"\\\1", prefix) + "*"
