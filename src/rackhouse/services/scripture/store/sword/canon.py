"""Which verse each slot of a testament is: the tables of pysword, for every numbering of SWORD."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, cast

from rackhouse.kit.errors import Missing
from rackhouse.services.scripture.model.canon.books import BOOKS

Place = tuple[str, int, int]  # book (as USFM calls it), chapter and verse; 0 for what is before

_OSIS = """Gen Exod Lev Num Deut Josh Judg Ruth 1Sam 2Sam 1Kgs 2Kgs 1Chr 2Chr Ezra Neh Esth Job Ps
Prov Eccl Song Isa Jer Lam Ezek Dan Hos Joel Amos Obad Jonah Mic Nah Hab Zeph Hag Zech Mal Matt
Mark Luke John Acts Rom 1Cor 2Cor Gal Eph Phil Col 1Thess 2Thess 1Tim 2Tim Titus Phlm Heb Jas 1Pet
2Pet 1John 2John 3John Jude Rev"""
OSIS = dict(zip(_OSIS.split(), (book.code for book in BOOKS), strict=True))


@cache
def _canons() -> Mapping[str, Mapping[str, Any]]:
    """Missing where the package is not there."""
    try:
        from pysword.canons import canons
    except ImportError as error:
        raise Missing(
            "the package pysword is not installed, which knows how verses are counted",
            where="scripture",
            fix="install what requirements.lock of the service lists",
        ) from error
    return cast(Mapping[str, Mapping[str, Any]], canons)


def places(numbering: str, testament: str) -> Iterator[Place]:
    """The place of each slot in order. The book is "" for those that are none of the 66."""
    yield from (("", 0, 0), ("", 0, 0))
    for _, osis, _, verses in _canons()[numbering].get(testament, ()):
        code = OSIS.get(osis, "")
        yield code, 0, 0
        for chapter, count in enumerate(verses, 1):
            yield from ((code, chapter, verse) for verse in range(count + 1))
