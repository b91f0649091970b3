"""How often the guard is wrong, class by class, and how long it takes: what the benchmark prints
and the tests gate.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterable
from dataclasses import dataclass, field

from fakes.quotations import false, true
from fakes.quotations.held_back import HELD_BACK
from fakes.quotations.items import Item
from fakes.quotations.judge import accepted, rejected
from rackhouse.services.study.model.guard.guard import Guard
from rackhouse.services.study.model.guard.stream import Stream
from rackhouse.services.study.model.guard.verdict import Verdict

FRESH = 50_000  # seeds from here on were looked at once, when the guard stood


@dataclass
class Rate:
    """Of one class: how many there were, which were judged wrongly and why, and seconds of the
    processor for each sentence.
    """

    count: int = 0
    wrong: list[tuple[str, str]] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    @property
    def share(self) -> float:
        return len(self.wrong) / max(self.count, 1)


Rates = dict[str, Rate]


def verdicts(guard: Guard, text: str) -> tuple[list[Verdict], float]:
    """Of a text that comes in chunks, and the processor's seconds for each sentence."""
    dice = random.Random(text)
    stream, found, at = Stream(guard), [], 0
    began = time.thread_time()
    while at < len(text):
        size = dice.choice((1, 2, 3, 5, 8, 40))
        found += stream.feed(text[at : at + size])
        at += size
    found += stream.end()
    spent = time.thread_time() - began
    return [each for _, each in found], spent / max(len(found), 1)


def of_false(guard: Guard, items: Iterable[Item], rates: Rates) -> None:
    for item in items:
        found, seconds = verdicts(guard, item.text)
        rate = rates.setdefault(item.kind, Rate())
        rate.count += 1
        rate.seconds.append(seconds)
        if why := accepted(item, found):
            rate.wrong.append((item.text, why))


def of_true(guard: Guard, kind: str, texts: Iterable[str], rates: Rates) -> None:
    rate = rates.setdefault(kind, Rate())
    for text in texts:
        found, seconds = verdicts(guard, text)
        rate.count += 1
        rate.seconds.append(seconds)
        if why := rejected(found):
            rate.wrong.append((text, why))


def quotations(count: int, since: int) -> Iterable[tuple[str, list[str]]]:
    """True quotations: each class as many as are asked for."""
    for make in (true.exact, true.variant, true.shortened):
        yield make.__name__, [make(str(seed)).text for seed in range(since, since + count)]


def held_back(count: int) -> Iterable[Item]:
    """The three classes that nobody looked at."""
    for seed in range(FRESH, FRESH + count):
        for kind, change in HELD_BACK.items():
            yield false.changed(kind, change, str(seed))
