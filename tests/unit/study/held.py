"""Two translations of a few books, as the packages bring them; the canon as scripture tells it."""

from __future__ import annotations

from functools import cache

from rackhouse.services.scripture.model.canon.books import BOOKS
from rackhouse.services.scripture.store import package
from rackhouse.services.study.model.canon import Book, Canon
from rackhouse.services.study.service.memory import MemoryRetrieval, MemoryScripture, Texts

CANON = Canon(
    Book(id=it.id, code=it.code, english=it.english, spanish=it.spanish, verses=it.verses)
    for it in BOOKS
)
_SOME = {1, 19, 32, 40, 43, 45, 46}  # Genesis, Psalms, Jonah, Matthew, John, Romans, 1 Corinthians


@cache
def texts() -> Texts:
    return {
        name: {
            verse: text
            for verse, text in package.verses_of(f"pythonbible_{name}").items()
            if verse // 1_000_000 in _SOME
        }
        for name in ("kjv", "asv")
    }


def scripture() -> MemoryScripture:
    return MemoryScripture(CANON, texts())


def retrieval() -> MemoryRetrieval:
    return MemoryRetrieval(texts())
