"""A text that may be a reference and nothing else, as people type or say it into a box."""

from __future__ import annotations

import re

from rackhouse.services.scripture.model.problem import BadReference
from rackhouse.services.scripture.model.reference import Reference
from rackhouse.services.scripture.model.references.called import called
from rackhouse.services.scripture.model.references.parse import parse
from rackhouse.services.scripture.model.references.tags import untagged

_LONGEST = 100  # characters: what is longer is prose
_NUMBER = re.compile(r"\d|(?<=\s)(?:[ivxlc]{2,}\b|[ivxlc]\.)", re.IGNORECASE)
_APART = re.compile(r"(?<=\d) (?=\d+(?:\s*[-\u2013]\s*\d+)?$)")  # jn 3 16
_SPOKEN = re.compile(r"(?:(one|uno|una)|(two|dos)|(three|tres))\s+(?=[^\W\d])", re.IGNORECASE)


def whole(text: str) -> Reference | None:
    """What it refers to, by its place or by what people call it; None where it is no reference, or
    names a book alone. Which translation is named behind it says nothing of the place.
    """
    if named := called(text):
        return named
    said = text.strip()
    if len(said) > _LONGEST or not _NUMBER.search(said):
        return None
    said = untagged(said)
    if spoken := _SPOKEN.match(said):
        said = f"{spoken.lastindex} {said[spoken.end() :]}"
    for written in dict.fromkeys((said, _APART.sub(":", said))):
        try:
            return parse(written)
        except BadReference:
            continue
    return None
