"""What was seen, counted by day: sums that add up, whoever adds them and in whichever order.

Evidence fades by its age (`estimate.weight`); after `DAYS` it is forgotten. What this process has
seen and nobody has written yet is `fresh`. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, Generic, TypeVar

from rackhouse.services.gateway.service.quality.estimate import HALF_LIFE, weight

DAYS: Final = round(3 * HALF_LIFE)

Key = TypeVar("Key", bound=tuple[str, ...])
Sums = TypeVar("Sums", bound=tuple[float, ...])


class Book(Generic[Key, Sums]):
    """Sums by day and key. Days are numbered from 1970, in UTC. `make` takes a sum's fields."""

    def __init__(self, make: Callable[..., Sums]) -> None:
        self._make = make
        self._zero = make()
        self._written: dict[tuple[int, Key], Sums] = {}
        self._fresh: dict[tuple[int, Key], Sums] = {}

    def add(self, day: int, key: Key, sums: Sums) -> None:
        """It was seen on that day."""
        at = day, key
        self._fresh[at] = self._plus(self._fresh.get(at, self._zero), sums)

    def take(self) -> dict[tuple[int, Key], Sums]:
        """What is fresh, to be written elsewhere. It counts as written from now on."""
        taken, self._fresh = self._fresh, {}
        self._keep(taken)
        return taken

    def load(self, written: Mapping[tuple[int, Key], Sums]) -> None:
        """What all have written, in place of what was known of that."""
        self._written = dict(written)

    def faded(self, today: int) -> dict[Key, Sums]:
        """By key: each day's sums by its weight. Older days are forgotten."""
        for kept in (self._written, self._fresh):
            for at in [at for at in kept if at[0] <= today - DAYS]:
                del kept[at]
        weights = {day: weight(today - day) for day, _ in (*self._written, *self._fresh)}
        found: dict[Key, list[float]] = {}
        for kept in (self._written, self._fresh):
            for (day, key), sums in kept.items():
                faded = found.setdefault(key, [0.0] * len(sums))
                for index, each in enumerate(sums):
                    faded[index] += weights[day] * each
        return {key: self._make(*sums) for key, sums in found.items()}

    def _keep(self, more: Mapping[tuple[int, Key], Sums]) -> None:
        for at, sums in more.items():
            self._written[at] = self._plus(self._written.get(at, self._zero), sums)

    def _plus(self, one: Sums, other: Sums) -> Sums:
        return self._make(*(a + b for a, b in zip(one, other, strict=True)))
