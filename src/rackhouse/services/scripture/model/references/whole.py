"""A text that may be a reference and nothing else, as people type it into a box."""

from __future__ import annotations

import re

from rackhouse.services.scripture.model.problem import BadReference
from rackhouse.services.scripture.model.reference import Reference
from rackhouse.services.scripture.model.references.parse import parse

_LONGEST = 100  # characters: what is longer is prose
_APART = re.compile(r"(?<=\d) (?=\d+(?:\s*[-\u2013]\s*\d+)?$)")  # jn 3 16


def whole(text: str) -> Reference | None:
    """What it refers to; None where it is no reference, or names a book alone."""
    said = text.strip()
    if len(said) > _LONGEST or not any(map(str.isdecimal, said)):
        return None
    for written in dict.fromkeys((said, _APART.sub(":", said))):
        try:
            return parse(written)
        except BadReference:
            continue
    return None
