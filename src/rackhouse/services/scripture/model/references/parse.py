"""A text that is a reference and nothing else. It never guesses: what it cannot read, it says."""

from __future__ import annotations

from rackhouse.services.scripture.model.problem import BadReference, Unreadable
from rackhouse.services.scripture.model.reference import Range, Reference
from rackhouse.services.scripture.model.references import suggest, words, works
from rackhouse.services.scripture.model.references.commas import doubtful
from rackhouse.services.scripture.model.references.grammar import Grammar, Item
from rackhouse.services.scripture.model.references.lists import between
from rackhouse.services.scripture.model.references.names import filled, further, named
from rackhouse.services.scripture.model.references.numerals import arabic
from rackhouse.services.scripture.model.references.tags import untagged
from rackhouse.services.scripture.model.references.tokens import Kind, Token, tokens

_AROUND = frozenset("()[]{}\"'.,;?!\u00ab\u00bb\u201c\u201d\u2018\u2019\u00bf\u00a1")
_EXAMPLE = "write a book, a chapter and a verse, as `John 3:16`"


def parse(text: str) -> Reference:
    """The reference that `text` is. BadReference says where it is none, and what would be one."""
    told = _told(text)
    try:
        return _read(text, told)
    except suggest.Comma as problem:
        raise suggest.either(problem, text, _fault) from problem
    except Unreadable as problem:
        begun = _begun(told)
        raise suggest.mended(problem, text, told, begun, _fault) from problem


def _fault(text: str) -> BadReference | None:
    """What keeps it from being a reference."""
    try:
        _read(text, _told(text))
    except BadReference as problem:
        return problem
    return None


def _begun(told: list[Token]) -> int:
    """Where the first name begins: `the Gospel of John`. BadReference for another work's."""
    if named(told, 0, short=True):
        return 0
    begun = filled(told, 0)
    name = named(told, begun, short=True)
    if name and works.another(told, name):
        raise BadReference(
            "it is a book that this canon does not have",
            fix="GET /v1/books lists the 66 that it has",
            at=told[0].start,
        )
    return begun


def _read(text: str, told: list[Token]) -> Reference:
    if told[0].kind is Kind.END:
        raise BadReference("nothing is written here", fix=_EXAMPLE)
    grammar = Grammar(told, prose=False)
    ranges: list[Range] = []
    at = _begun(told)
    last: Item | None = None
    anew = False
    while last is None or told[at].kind is not Kind.END:
        item = grammar.item(at, last.spot if last else None, anew=anew)
        if doubtful(told, at, item):
            raise suggest.Comma(told[item.end].start)
        ranges.append(item.verses)
        last, at, anew = item, *_next(text, told, item)
    return Reference(tuple(ranges))


def _next(text: str, told: list[Token], item: Item) -> tuple[int, bool]:
    """Where the next item begins. Between two of them is a separator, or nothing before a book."""
    at = item.end
    if told[at].kind is Kind.END:
        return at, False
    apart = between(told, at)
    if apart.end:
        return apart.end, apart.anew
    if told[at].text in words.BESIDE and further(told, at + 1, short=True):
        return at + 1, True
    if item.spot.chapter and further(told, at, short=True) and not told[at].glued:
        return at, True
    token = told[at]
    if (place := untagged(text)) != text and len(place) <= token.start:
        raise BadReference(
            f"{_cut(text[token.start :])!r} names a translation, and is no part of a reference",
            fix="say which translation apart, as `translation=kjv`",
            at=token.start,
            perhaps=(place.strip(),),
        )
    raise BadReference(
        f"{_cut(text[token.start :])!r} is no part of a reference",
        fix=f"leave it out: `{_cut(text[: token.start].strip(), 60)}`",
        at=token.start,
    )


def _told(text: str) -> list[Token]:
    return arabic(_bare(tokens(text)), prose=False)


def _bare(told: list[Token]) -> list[Token]:
    """Without brackets and quotation marks around it."""
    begin, end = 0, len(told) - 1
    while begin < end and told[begin].text in _AROUND:
        begin += 1
    while end > begin and told[end - 1].text in _AROUND:
        end -= 1
    return [*told[begin:end], told[-1]]


def _cut(text: str, most: int = 30) -> str:
    return text if len(text) <= most else f"{text[:most]}..."
