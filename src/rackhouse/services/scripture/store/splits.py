"""Words of the King James Version that our two sources of it have in two pieces: `come bold ly`.

Both were made of one text in which each Greek word was numbered, and a number stood within a word.
Debian's `bible-kjv-text` is a third witness, typed apart: each of these is one word there, or
(`goat skins`, `like minded`) in other verses of the same text too. Where all witnesses have two
words, as in `any thing` and `to day`, the version itself has them, and they stay.
"""

from __future__ import annotations

from collections.abc import Mapping

from rackhouse.services.scripture.model.canon.numbering import Place
from rackhouse.services.scripture.model.composing import Composed
from rackhouse.services.scripture.model.mending import whole

_TABLE = """
MAT 11:6 who soever, 11:20 where in, 11:27 whom soever, 12:4 shew bread, 12:32 who soever
MAT 12:50 who soever, 25:6 mid night, 26:53 can not
MRK 2:19 can not, 7:18 can not, 10:15 there in
LUK 11:7 can not
JHN 3:3 can not, 3:5 can not, 10:35 can not
ACT 4:16 can not, 4:20 can not, 5:39 can not, 7:49 foot stool
PHP 1:18 there in, 2:2 like minded, 3:16 where to, 4:10 where in
COL 2:7 there in, 2:12 where in, 3:17 what soever, 3:23 what soever
1TH 2:6 burden some
1TI 2:7 Where unto, 5:25 can not, 6:4 where of, 6:7 no thing, 6:12 where unto
2TI 1:11 Where unto, 2:9 Where in, 2:13 can not
HEB 3:3 in asmuch, 4:6 there in, 4:15 can not, 4:16 bold ly, 5:3 here of, 6:17 Where in
HEB 7:20 in asmuch, 9:2 where in, 9:4 where in, 9:5 can not, 10:29 where with, 11:37 goat skins
HEB 12:11 there by, 12:15 there by, 13:2 there by, 13:10 where of
"""


def _rows() -> Mapping[Place, str]:
    made: dict[Place, str] = {}
    for line in _TABLE.strip().splitlines():
        book, _, verses = line.partition(" ")
        for each in verses.split(", "):
            place, _, split = each.partition(" ")
            chapter, _, verse = place.partition(":")
            made[book, int(chapter), int(verse)] = split
    return made


KJV = _rows()
# With the terms of a text that is mended: whoever compares it with its source wonders else.
SAID = "Words that stand there in two pieces, as in Hebrews 4:16, are whole here."


def mended(verse: Composed, place: Place, splits: Mapping[Place, str]) -> Composed:
    """The verse with its words whole. A source that has mended it itself stays as it is."""
    split = splits.get(place)
    return whole(verse, split) if split else verse
