"""What is asked and answered, as JSON has it. The names are the interface: see contracts/."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct, field

from rackhouse.services.retrieval.model.documents import Document
from rackhouse.services.retrieval.model.filters import Condition
from rackhouse.services.retrieval.model.passage import Attribute

Name = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
Label = Annotated[str, Meta(max_length=200)]


class Wish(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a collection is to be; what is not said stays as it is. `model` is one of the gateway's
    that embeds, `resolver` one of this service's, `language` that of its words,
    `codes` are renderings that are no text, such as Strong's numbers: nothing of them is embedded.
    """

    model: Label | None = None
    resolver: Label | None = None
    language: Label | None = None
    codes: Annotated[list[Label], Meta(max_length=20)] | None = None


class Index(Struct, frozen=True, kw_only=True):
    """Of a large collection: `building` (with its `progress`, from 0 to 1), `comparing` with exact
    search, `serving`, or `refused`, since it finds too little: `said` tells more. `recall` is the
    share of the nearest that it finds among so many `vectors`, at that `breadth`.
    """

    state: str
    progress: float | None
    recall: float | None
    breadth: int | None
    vectors: int
    said: str


class Collection(Struct, frozen=True, kw_only=True):
    """`embedded` of its `texts` are found by their meaning, all by their words. While it changes to
    the model `wanted`, `filled` of them have its vectors, and `model` answers. `jobs` have not
    ended. `index` is that of a large one; all others are searched exactly.
    """

    name: str
    state: str
    model: str
    wanted: str | None
    resolver: str
    language: str
    codes: list[str]
    version: int
    documents: int
    passages: int
    texts: int
    embedded: int
    filled: int
    jobs: tuple[UUID, ...] = ()
    index: Index | None = None


class Collections(Struct, frozen=True, kw_only=True):
    """By their names."""

    collections: tuple[Collection, ...]


class Documents(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is put in, each in place of what it was."""

    documents: Annotated[tuple[Document, ...], Meta(min_length=1, max_length=1_000)]


class Accepted(Struct, frozen=True, kw_only=True):
    """The job that does it."""

    job: UUID


class Wrong(Struct, frozen=True, kw_only=True):
    """A document that was left out, and why."""

    document: str
    problem: str


class Job(Struct, frozen=True, kw_only=True):
    """`read` of its `documents` were cut into `passages`; `embedded` of the `texts` that lacked a
    vector have one, `rate` a second. `said` is what it waits for, or why it failed.
    """

    id: UUID
    collection: str
    state: str
    documents: int
    read: int
    passages: int
    texts: int
    embedded: int
    rate: float
    said: str
    at: datetime
    ended: datetime | None
    problems: tuple[Wrong, ...]


class Passage(Struct, frozen=True, kw_only=True):
    """`spans` are characters of the document's `content`, from and up to. What is `about` others is
    a sentence of a remark.
    """

    id: str
    ordinal: int
    about: tuple[str, ...]
    texts: dict[str, str]
    spans: tuple[tuple[int, int], ...]
    headings: tuple[str, ...]
    attributes: dict[str, Attribute]


class Kept(Struct, frozen=True, kw_only=True):
    """A document as it is kept. `content` is its text, null where passages were given."""

    id: str
    media: str
    title: str
    source: str
    licence: str
    owner: str | None
    attributes: dict[str, Attribute]
    content: str | None
    passages: tuple[Passage, ...]


class Search(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`filter` by attributes: a value, one of several, or `gte` and `lte`. `owner` is the person
    whose documents are searched too. `explain` false leaves out why.
    """

    collections: Annotated[tuple[Name, ...], Meta(min_length=1, max_length=20)]
    query: Annotated[str, Meta(max_length=100_000)]
    limit: Annotated[int, Meta(ge=1, le=100)] = 10
    filter: dict[str, Condition] = field(default_factory=dict)
    owner: Label | None = None
    rerank: bool = False
    explain: bool = True


class Hit(Struct, frozen=True, kw_only=True):
    """A passage. `signals` say how much each way of looking gave to its `score`, `terms` which of
    its words the query has.
    """

    collection: str
    document: str
    passage: str
    title: str
    texts: dict[str, str]
    spans: tuple[tuple[int, int], ...]
    headings: tuple[str, ...]
    attributes: dict[str, Attribute]
    score: float
    signals: dict[str, float]
    terms: tuple[str, ...]


class Lookup(Struct, frozen=True, kw_only=True):
    """A reference that the query says: what it means is an answer, not a search."""

    text: str
    reference: str
    ranges: tuple[tuple[int, int], ...]


class Understood(Struct, frozen=True, kw_only=True):
    """What was made of the query: the references in it, and what was searched in place of it where
    words were mended.
    """

    lookup: tuple[Lookup, ...]
    corrected: str | None


class Found(Struct, frozen=True, kw_only=True):
    """The best first. `degraded` says what took no part, and why."""

    hits: tuple[Hit, ...]
    understood: Understood
    degraded: tuple[str, ...]
