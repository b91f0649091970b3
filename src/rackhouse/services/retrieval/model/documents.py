"""A document as it is sent, and what becomes of it: its text and its passages."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct, field

from rackhouse.services.retrieval.model.chunking.blocks import Blocks
from rackhouse.services.retrieval.model.chunking.pack import packed
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
    """A passage that is given. `texts` by the name of their rendering."""

    id: str
    texts: dict[str, str]
    attributes: dict[str, Attribute] = field(default_factory=dict)


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
    """Those of a document whose passages are given."""
    return [
        Passage(
            id=each.id,
            document=document.id,
            ordinal=ordinal,
            texts=each.texts,
            attributes=_both(document.attributes, each.attributes),
            owner=document.owner,
        )
        for ordinal, each in enumerate(document.passages)
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


def _both(those: Mapping[str, Attribute], own: Mapping[str, Attribute]) -> Mapping[str, Attribute]:
    return {**those, **own} if own else those
