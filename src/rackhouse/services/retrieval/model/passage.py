"""A passage: what is found, and the least that is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Attribute = str | int | float | bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """One text in one or more renderings, such as the translations of a verse.

    `ordinal` counts from 0 within its document; `spans` are the characters of the document's own
    text that it stands at, from and up to; `headings` are those that it stands under, the outermost
    first. `owner` is the person that it belongs to, None for everybody of the tenant. What is
    `about` other passages, by their ids, is a remark: they are found by what it says, and it never.
    """

    id: str
    document: str
    ordinal: int
    texts: Mapping[str, str]
    spans: tuple[tuple[int, int], ...] = ()
    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    headings: tuple[str, ...] = ()
    owner: str | None = None
    about: tuple[str, ...] = ()
