"""What has to leave: true quotations in every way of writing them, and prose."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path

import yaml

from fakes.quotations import frames
from fakes.quotations.false import SCENARIOS
from fakes.quotations.items import Item
from fakes.quotations.verses import name, part
from rackhouse.services.study.model.guard.sentences import Holder

ROOT = Path(__file__).parents[3]
_QUOTES = re.compile(r'["\u201c](?:[^"\u201d]*?\w+\W+){3}[^"\u201d]*["\u201d]')


def prose() -> list[str]:
    return list(yaml.safe_load((SCENARIOS / "guard-prose.yaml").read_text()))


def told() -> list[str]:
    """Stories and sayings told again in nearly the text's own words: the hardest to tell from
    quotations.
    """
    return list(yaml.safe_load((SCENARIOS / "guard-told.yaml").read_text()))


def told_later() -> list[str]:
    """Others, of stories that those before are not of."""
    return list(yaml.safe_load((SCENARIOS / "guard-told-later.yaml").read_text()))


def documents() -> Iterator[str]:
    """The sentences of our own pages, without their code and without those that quote: four words
    in quotation marks that no text has may not leave, whoever said them.
    """
    for each in _sentences():
        if not _QUOTES.search(each):
            yield each


def _sentences() -> Iterator[str]:
    for file in sorted((ROOT / "docs").rglob("*.md")):
        holder = Holder()
        fenced = False
        for line in file.read_text().splitlines(keepends=True):
            fenced ^= line.startswith("```")
            if not fenced and not line.startswith(("```", "    ", "|")):
                yield from holder.feed(line)
        yield from holder.end()


def exact(seed: str) -> Item:
    """A verse, or a part of one, as it is."""
    dice = random.Random(f"exact {seed}")
    _, verse, words = part(dice, 5, 60)
    frame = dice.choice([*dice.choice((frames.MARKED, frames.SAID, frames.UNMARKED))])
    return _framed("exact", frame, words, verse)


def variant(seed: str) -> Item:
    """The same in another case, with other punctuation, quotation marks and spaces."""
    dice = random.Random(f"variant {seed}")
    _, verse, words = part(dice, 5, 60)
    way = dice.choice((str.upper, str.lower, str.title, str))
    told = [way(word.strip(".,;:!?()")) + dice.choice(("", "", "", ",", ";")) for word in words]
    said = [dice.choice(("", "", "", "\n", "\u00ad", "**"))[:2] + each for each in told]
    frame = dice.choice([*dice.choice((frames.MARKED, frames.SAID, frames.UNMARKED))])
    return _framed("variant", frame, [each.replace("**", "") for each in said], verse)


def shortened(seed: str) -> Item:
    """With words left out, and marks for them."""
    dice = random.Random(f"shortened {seed}")
    _, verse, words = part(dice, 12, 60)
    at = dice.randrange(4, len(words) - 6)
    on = dice.randrange(at + 1, min(at + 6, len(words) - 4))
    said = [*words[:at], dice.choice(("...", "\u2026", "[...]", ". . .")), *words[on:]]
    return _framed("shortened", dice.choice([*frames.MARKED]), said, verse)


def _framed(kind: str, frame: str, words: list[str], verse: int) -> Item:
    said = " ".join(words)
    return Item(kind, frame, frames.framed(frame, said, name(verse)), said, (), name(verse), verse)
