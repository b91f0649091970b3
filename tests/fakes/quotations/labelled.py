"""Claims, the verses that they cite, and whether these support them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import yaml

from fakes.quotations.false import SCENARIOS
from fakes.quotations.held import texts
from rackhouse.services.scripture.model.references.parse import parse
from rackhouse.services.study.model.support import Support, support


@dataclass(frozen=True)
class Labelled:
    claim: str
    verses: tuple[str, ...]
    supported: bool
    held_back: bool


def labelled() -> list[Labelled]:
    """All of them. Each other verse, with all that is said of it, is held back."""
    found = []
    for number, row in enumerate(yaml.safe_load((SCENARIOS / "support.yaml").read_text())):
        verse = parse(row["verse"]).ranges[0].first
        verses = tuple(said[verse] for said in texts().values() if verse in said)
        for answer, supported in (("holds", True), ("fails", False)):
            found += [Labelled(claim, verses, supported, bool(number % 2)) for claim in row[answer]]
    return found


def errors(
    rows: Sequence[Labelled], similarity: Callable[[Labelled], float | None]
) -> list[tuple[Labelled, Support]]:
    """Which of them are judged wrongly."""
    judged = [(row, _best(row, similarity(row))) for row in rows]
    return [(row, found) for row, found in judged if found.enough != row.supported]


def _best(row: Labelled, alike: float | None) -> Support:
    """By the rendering that supports it best."""
    return max(
        (support(row.claim, [verse], alike) for verse in row.verses), key=lambda it: it.score
    )
