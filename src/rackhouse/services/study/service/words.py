"""All words of the text store: fetched block by block, for the guard and for the search."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rackhouse.services.study.model.canon import BOOK, Canon, number
from rackhouse.services.study.model.found import Range
from rackhouse.services.study.model.verses import Verses
from rackhouse.services.study.service.seams import Scripture

BLOCK = 400  # verses of one request

Texts = Mapping[str, Mapping[int, str]]


async def words(scripture: Scripture, translations: Sequence[str]) -> Texts:
    """Every verse of these translations. Away, Refused."""
    texts = {each: Verses() for each in translations}
    for block in blocks(await scripture.canon()):
        for passage in await scripture.passages([block], translations):
            for each in passage:
                for verse in each.verses:
                    texts[each.translation].put(verse.id, verse.text)
    return texts


def blocks(canon: Canon) -> list[Range]:
    """All verses, in ranges of one book each that one answer holds."""
    ranges = []
    for book in canon.books:
        last = number(book.id, len(book.verses), book.verses[-1])
        verses = list(canon.verses(book.id * BOOK + 1_001, last))
        for at in range(0, len(verses), BLOCK):
            some = verses[at : at + BLOCK]
            ranges.append((some[0], some[-1]))
    return ranges
