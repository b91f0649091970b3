"""A document as it is sent, and what becomes of it: its text and its passages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum

from msgspec import Struct, field

from rackhouse.services.retrieval.model.chunking.blocks import Blocks
from rackhouse.services.retrieval.model.chunking.pack import packed
from rackhouse.services.retrieval.model.chunking.sentences import sentences
from rackhouse.services.retrieval.model.passage import Attribute, Passage

WHOLE = "text"  # the rendering of a text that has one alone


class Media(StrEnum):
    """What a document is sent as."""

    PASSAGES = "passages"  # they are given
    TEXT = "text"
    MARKDOWN = "markdown"
    HTML = "html"
    PDF = "pdf"


class Given(Struct, frozen=True, kw_only=True):
    """A passage that is given. `texts` by the name of their rendering. One that is `about` others
    of its collection, by their ids, is not found itself: they are, by what it says.
    """

    id: str
    texts: dict[str, str]
    attributes: dict[str, Attribute] = field(default_factory=dict)
    about: tuple[str, ...] = ()


class Document(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One that is sent. `owner` marks it as a person's; each passage has its attributes too."""

    id: str
    media: Media
    title: str = ""
    source: str = ""
    licence: str = ""
    owner: str | None = None
    attributes: dict[str, Attribute] = field(default_factory=dict)
    passages: tuple[Given, ...] = ()
    content: str | None = None
    content_base64: str | None = None


def of_given(document: Document) -> list[Passage]:
    """Those of a document whose passages are given; each sentence of a remark is one."""
    return [
        Passage(
            id=id,
            document=document.id,
            ordinal=ordinal,
            texts=texts,
            attributes=_both(document.attributes, each.attributes),
            owner=document.owner,
            about=each.about,
        )
        for ordinal, (each, id, texts) in enumerate(
            (each, *part) for each in document.passages for part in _parts(each)
        )
    ]


def of_blocks(document: Document, source: Blocks) -> list[Passage]:
    """Those that its text is cut into. They are called `ID#0`, `ID#1` and so on."""
    return [
        Passage(
            id=f"{document.id}#{ordinal}",
            document=document.id,
            ordinal=ordinal,
            texts={WHOLE: chunk.text},
            spans=((chunk.start, chunk.end),),
            headings=chunk.headings,
            attributes=document.attributes,
            owner=document.owner,
        )
        for ordinal, chunk in enumerate(packed(source))
    ]


def _parts(given: Given) -> Iterator[tuple[str, dict[str, str]]]:
    """A remark is compared sentence by sentence: one of them may say what is sought."""
    if not given.about:
        yield given.id, given.texts
        return
    for rendering, text in given.texts.items():
        for number, (start, end) in enumerate(sentences(text, 0, len(text))):
            yield f"{given.id}#{rendering}.{number}", {rendering: text[start:end]}


def _both(those: Mapping[str, Attribute], own: Mapping[str, Attribute]) -> Mapping[str, Attribute]:
    return {**those, **own} if own else those
