"""Where log and accounts are kept, and the twin in memory: what there is since it began."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from itertools import islice
from typing import Protocol

import msgspec

from rackhouse.services.gateway.model.account import Account, Batch, Sums, plus
from rackhouse.services.gateway.model.call import Outcome
from rackhouse.services.gateway.model.entry import Entry

_LINES = 1000
_ACCOUNTS = 20_000


class Archive(Protocol):
    """Each method raises Away while what keeps it cannot be reached."""

    async def write(self, batch: Batch) -> None:
        """All of it or nothing; once, however often it is asked to."""

    async def newest(self, count: int, before: int = 0) -> Sequence[Entry]:
        """The last lines, newest first; those before the line of that number."""

    async def after(self, number: int, count: int) -> Sequence[Entry]:
        """Lines that were written after that one, oldest first."""

    async def one(self, id: str) -> Entry | None:
        """The line of a request."""

    async def told(self, id: str, key: str) -> Entry | None:
        """The line of an answer that this key got and said nothing of yet: once."""

    async def accounts(self, since: str, until: str) -> Sequence[tuple[Account, Sums]]:
        """Those of the days from `since` to `until`, both in it."""


class Memory:
    """The newest lines and accounts of one process."""

    def __init__(self) -> None:
        self._lines: deque[Entry] = deque(maxlen=_LINES)
        self._accounts: dict[Account, Sums] = {}
        self._number = 0
        self._last = ""

    async def write(self, batch: Batch) -> None:
        """Kept until newer ones push it out."""
        if batch.id == self._last:
            return
        self._last = batch.id
        for line in batch.lines:
            self._number += 1
            self._lines.append(msgspec.structs.replace(line, number=self._number))
        for whose, its in batch.accounts.items():
            self._accounts[whose] = plus(self._accounts.get(whose, Sums()), its)
        while len(self._accounts) > _ACCOUNTS:
            self._accounts.pop(min(self._accounts, key=lambda whose: whose.day))

    async def newest(self, count: int, before: int = 0) -> Sequence[Entry]:
        """As `Archive`."""
        older = (line for line in reversed(self._lines) if not before or line.number < before)
        return list(islice(older, count))

    async def after(self, number: int, count: int) -> Sequence[Entry]:
        """As `Archive`."""
        return list(islice((line for line in self._lines if line.number > number), count))

    async def one(self, id: str) -> Entry | None:
        """As `Archive`."""
        return next((line for line in reversed(self._lines) if line.id == id), None)

    async def told(self, id: str, key: str) -> Entry | None:
        """As `Archive`."""
        for at, line in enumerate(self._lines):
            if (line.id, line.key, line.outcome, line.told) == (id, key, Outcome.ANSWERED, False):
                self._lines[at] = msgspec.structs.replace(line, told=True)
                return line
        return None

    async def accounts(self, since: str, until: str) -> Sequence[tuple[Account, Sums]]:
        """As `Archive`."""
        return [each for each in self._accounts.items() if since <= each[0].day <= until]
