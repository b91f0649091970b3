"""Passages by what people call them: `where is the Lord's prayer`, `el hijo pródigo`."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from rackhouse.services.scripture.model.reference import Reference
from rackhouse.services.scripture.model.references.parse import parse
from rackhouse.services.scripture.model.references.titles import TABLE

_LONGEST = 100  # characters
_WORD = re.compile(r"[^\W_]+")
_AROUND = """
a about an and are at bible book can did does find found give happened happens i in is it me my of
on passage passages please read say says scripture scriptures show stand tell text the to verse
verses was were what where which with written
biblia como cuál cuéntame de del dime dónde donde el en es está la las lee leer léeme los muéstrame
pasaje que qué sobre texto un una versículo versículos y
"""
# What may stand around a name: `where in the Bible is the story of`. The kind may be of the name:
# `the parable of the talents`, where `talents` alone is a word.
_PLAIN = frozenset(_AROUND.split())
_KINDS = frozenset({"chapter", "parable", "story", "capítulo", "historia", "parábola"})


def called(text: str) -> Reference | None:
    """The passage that is called so, where it is the name of one and nothing else."""
    if len(text) > _LONGEST:
        return None
    plain = _plain(text)
    return _known().get(plain) or _known().get(tuple(it for it in plain if it not in _KINDS))


@cache
def _known() -> dict[tuple[str, ...], Reference]:
    found: dict[tuple[str, ...], Reference] = {}
    for line in TABLE.replace("\n    ", " ").strip().splitlines():
        written, _, names = line.partition(" = ")
        reference = parse(written)
        found |= {_plain(name): reference for name in names.split(", ")}
    return found


def _plain(text: str) -> tuple[str, ...]:
    """Its words, without what may stand around a name; apostrophes are left out as people do."""
    said = unicodedata.normalize("NFC", text).casefold().replace("\u2019", "'").replace("'", "")
    return tuple(each for each in _WORD.findall(said) if each not in _PLAIN)
