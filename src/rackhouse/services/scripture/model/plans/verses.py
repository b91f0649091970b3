"""Verses that many know by heart, by topic; the verse of a day; and one by chance."""

from __future__ import annotations

import hashlib
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import date
from functools import cache

from rackhouse.kit.web.problem import NotFound
from rackhouse.services.scripture.model.canon.books import BOOKS
from rackhouse.services.scripture.model.reference import Range
from rackhouse.services.scripture.model.references.parse import parse

_TABLE = """
love: Jn 3:16; 1 Jn 4:7-8; 1 Jn 4:18-19; Ro 8:38-39; 1 Co 13:4-7; Jn 15:12-13; Ro 5:8; 1 Jn 3:1; Dt 6:5; Zep 3:17; Jn 13:34-35
hope: Ro 15:13; Jer 29:11; Lam 3:22-24; Ro 5:3-5; Heb 6:19; 1 Pe 1:3; Ps 42:11; Ps 130:5; Ro 8:24-25; Is 40:31
faith: Heb 11:1; Heb 11:6; Ro 10:17; 2 Co 5:7; Gal 2:20; Mk 11:22-24; Eph 2:8-9; Jas 2:17; Mt 17:20; Mk 9:23-24
peace: Jn 14:27; Phil 4:6-7; Is 26:3; Nu 6:24-26; Ps 4:8; Ro 5:1; Col 3:15; Mt 5:9; Jn 16:33; 2 Th 3:16
comfort: Ps 23:4; 2 Co 1:3-4; Ps 34:18; Mt 11:28-30; Is 41:10; Ps 147:3; Mt 5:4; Rev 21:4; Ps 46:1; Dt 33:27
courage: Jos 1:9; Dt 31:6; Ps 27:1; Is 41:13; 2 Ti 1:7; Ps 56:3-4; 1 Co 16:13; Phil 4:13; Ps 118:6; Heb 13:6
wisdom: Jas 1:5; Pr 3:5-6; Pr 9:10; Pr 2:6; Ecc 3:1; Jas 3:17; Ps 90:12; Pr 4:7; Col 2:2-3; Pr 16:9
forgiveness: 1 Jn 1:9; Ps 103:12; Eph 4:32; Is 1:18; Col 3:13; Mt 6:14; Mic 7:18-19; Ps 32:1; Acts 3:19; Ps 51:10; Is 43:25
thanks: Ps 100:4-5; 1 Th 5:16-18; Ps 107:1; Ps 118:24; Col 3:17; Ps 103:1-2; 1 Ch 16:34; Eph 5:20; Ps 95:2
joy: Neh 8:10; Ps 16:11; Phil 4:4; Jn 15:11; Ps 30:5; Hab 3:17-18; Is 55:12; 1 Pe 1:8; Ps 126:5; Lk 2:10; Ro 14:17
guidance: Ps 119:105; Ps 32:8; Is 30:21; Pr 16:3; Ps 25:4-5; Jn 16:13; Ps 37:23-24; Is 58:11; Mic 6:8; Ps 143:8
strength: Eph 6:10; Ps 73:26; 2 Co 12:9; Ps 28:7; Ex 15:2; Ps 18:2; Ps 121:1-2; Hab 3:19; Is 40:29
prayer: Mt 6:9-13; Mt 7:7-8; Jer 33:3; 1 Jn 5:14; Ro 8:26; Ps 145:18; Jas 5:16; Col 4:2; Ps 5:3
creation: Gen 1:1; Ps 19:1; Jn 1:1-3; Ps 8:3-5; Col 1:16-17; Is 40:26; Ro 1:20; Ps 24:1; Heb 11:3; Ps 104:24
"""  # noqa: E501, a topic a line
_STEP = 89  # days apart in the list are those that follow each other; prime, so all have a turn


@cache
def by_topic() -> dict[str, tuple[Range, ...]]:
    """The passages of each topic."""
    lines = (line.partition(":") for line in _TABLE.strip().splitlines())
    return {topic: parse(said).ranges for topic, _, said in lines}


def of_topic(topic: str) -> tuple[Range, ...]:
    """Those of one. NotFound."""
    told = by_topic().get(topic.strip().lower())
    if told is None:
        raise NotFound(
            f"there is no topic {topic[:40]!r}",
            fix=f"ask for one of: {', '.join(by_topic())}",
            param="topic",
        )
    return told


def of_day(day: date) -> Range:
    """The verse of a day. Each has its turn before one comes again."""
    every = [each for some in by_topic().values() for each in some]
    return every[day.toordinal() * _STEP % len(every)]


def chance(seed: str, many: int) -> int:
    """A number from 0 up to `many`: the same for the same seed, anywhere."""
    return int.from_bytes(hashlib.sha256(seed.encode(errors="replace")).digest()[:8]) % many


def one_of(some: Sequence[Range], seed: str) -> int:
    """A verse of some ranges."""
    all_ = _all()
    spans = [(bisect_left(all_, each.first), bisect_right(all_, each.last)) for each in some]
    at = chance(seed, sum(end - begin for begin, end in spans))
    for begin, end in spans:
        if at < end - begin:
            return all_[begin + at]
        at -= end - begin
    raise AssertionError("it is one of them")


@cache
def _all() -> tuple[int, ...]:
    return tuple(Range(BOOKS[0].first(), BOOKS[-1].last()).verses())
