"""Accounts: what was used on a day, by whom, of what, answered by whom. They add up; pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import msgspec
from msgspec.structs import astuple

from rackhouse.services.gateway.model.days import day
from rackhouse.services.gateway.model.entry import Entry

# What accounts may be added up by.
BY = ("day", "key", "application", "person", "model", "upstream", "local")


class Account(NamedTuple):
    """Whose account. `day` in UTC, 2026-01-31; "" and None where it is added up over all."""

    day: str = ""
    key: str = ""
    application: str = ""
    person: str = ""
    model: str = ""
    upstream: str = ""
    local: bool | None = None


class Sums(msgspec.Struct):
    """What adds up. `refused` by us, `failed` by every upstream; `nanos` of money; `unlogged`: so
    many of the requests have no line in the log, since it could not be written for too long.
    """

    requests: int = 0
    refused: int = 0
    failed: int = 0
    fallbacks: int = 0
    again: int = 0
    input: int = 0
    output: int = 0
    cached: int = 0
    nanos: int = 0
    unlogged: int = 0

    def add(self, line: Entry) -> None:
        """A request more."""
        self.requests += 1
        self.again += line.again
        self.input += line.input
        self.output += line.output
        self.cached += line.cached
        self.nanos += line.cost
        if line.outcome == "answered":
            self.fallbacks += len(line.tried)
        elif line.outcome == "refused":
            self.refused += 1
        elif line.outcome in ("failed", "broken"):
            self.failed += 1


def plus(one: Sums, other: Sums) -> Sums:
    """Both together, as another."""
    return Sums(*map(int.__add__, astuple(one), astuple(other)))


def account(line: Entry) -> Account:
    """Where a request is counted."""
    return Account(
        day(line.at),
        line.key,
        line.application,
        line.person,
        line.model,
        line.upstream,
        line.local,
    )


def added_up(
    accounts: Iterable[tuple[Account, Sums]], by: Iterable[str]
) -> list[tuple[Account, Sums]]:
    """The same by fewer words of `BY`; the dearest first, then the most asked."""
    blank, words = Account(), tuple(by)
    found: dict[Account, Sums] = {}
    for whose, its in accounts:
        group = blank._replace(**{word: getattr(whose, word) for word in words})
        found[group] = plus(found.get(group, Sums()), its)
    return sorted(found.items(), key=lambda each: (-each[1].nanos, -each[1].requests, each[0]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Lines and what they add, filled first, then written together or not at all. `id` lets it be
    written again after an answer that was lost, and counted once.
    """

    id: str
    lines: list[Entry]
    accounts: dict[Account, Sums]
