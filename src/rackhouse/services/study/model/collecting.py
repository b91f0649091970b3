"""Scripture as retrieval keeps it: a document for each chapter, a passage for each verse, a
rendering for each translation. Pure: what is to be sent, from what is held.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from rackhouse.services.study.model.canon import BOOK, Canon, number
from rackhouse.services.study.model.evidence import Translation

_SAME = 0.95  # of its verses: then it is another edition of one that is there, and adds nothing

Texts = Mapping[str, Mapping[int, str]]


class Given(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A verse; or a remark, which is `about` verses."""

    id: str
    texts: dict[str, str]
    about: tuple[str, ...] = ()


class Document(Struct, frozen=True, kw_only=True):
    """A chapter, or the remarks on one. `digest` among its attributes says of which words it is."""

    id: str
    title: str
    licence: str
    attributes: dict[str, str]
    passages: tuple[Given, ...]
    media: str = "passages"


def digest(translations: Sequence[Translation]) -> str:
    """Of all their words."""
    said = " ".join(f"{each.id}@{each.digest}" for each in translations)
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def chosen(translations: Sequence[Translation], texts: Texts) -> list[str]:
    """Those in the language of the first one, each edition of the same words once."""
    language = translations[0].language.partition("-")[0] if translations else ""
    kept: list[str] = []
    for each in translations:
        held = texts.get(each.id, {})
        alone = not any(_alike(held, texts[it]) for it in kept)
        if held and alone and each.language.partition("-")[0] == language:
            kept.append(each.id)
    return kept


def _alike(one: Mapping[int, str], other: Mapping[int, str]) -> bool:
    some = list(one)[::50]  # every fiftieth verse tells
    same = sum(_bare(one[it]) == _bare(other.get(it, "")) for it in some)
    return same >= _SAME * len(some)


def _bare(text: str) -> str:
    return "".join(each for each in text.casefold() if each.isalnum())


def documents(
    canon: Canon, translations: Sequence[Translation], texts: Texts
) -> Iterator[Document]:
    """Each chapter, in order."""
    names, mark = chosen(translations, texts), digest(translations)
    licence = "; ".join(each.attribution for each in translations if each.id in names)
    for book in canon.books:
        for chapter, verses in enumerate(book.verses, 1):
            first = number(book.id, chapter, 1)
            given = [
                Given(
                    id=str(it), texts={name: texts[name][it] for name in names if it in texts[name]}
                )
                for it in range(first, first + verses)
            ]
            yield Document(
                id=f"{book.code}.{chapter}",
                title=canon.written(first, first + verses - 1) if verses > 1 else book.english,
                licence=licence,
                attributes={
                    "digest": mark,
                    "book": book.code,
                    "testament": "old" if first < 40 * BOOK else "new",
                },
                passages=tuple(each for each in given if each.texts),
            )


def last(canon: Canon) -> str:
    """The chapter that is sent last: where it is there, all are."""
    book = canon.books[-1]
    return f"{book.code}.{len(book.verses)}"
