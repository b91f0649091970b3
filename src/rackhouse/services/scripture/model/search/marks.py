"""Which characters of a text are what was asked for."""

from __future__ import annotations

from rackhouse.services.scripture.model.search.query import Query, Term
from rackhouse.services.scripture.model.search.tokens import WORD, folded


def marks(text: str, query: Query) -> list[tuple[int, int]]:
    """Each run of them, from its start up to its end, in order and apart."""
    found = [(*each.span(), folded(each[0])) for each in WORD.finditer(text)]
    told = [word for _, _, word in found]
    hit = {at for term in query.terms for at in _places(told, term)}
    spans: list[tuple[int, int]] = []
    for at in sorted(hit):
        start, end, _ = found[at]
        if spans and at - 1 in hit and not text[spans[-1][1] : start].strip():
            spans[-1] = (spans[-1][0], end)  # with the space between them
        else:
            spans.append((start, end))
    return spans


def _places(told: list[str], term: Term) -> list[int]:
    size = len(term.words)
    return [
        start + by
        for start in range(len(told) - size + 1)
        if _is(told[start : start + size], term)
        for by in range(size)
    ]


def _is(some: list[str], term: Term) -> bool:
    *first, last = term.words
    *begun, end = some
    return begun == first and (end.startswith(last) if term.prefix else end == last)
