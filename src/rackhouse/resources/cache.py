"""Specs of the target `cache` (Valkey or Redis): users with a key space of their own."""

from __future__ import annotations

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
