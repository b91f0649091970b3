"""Who is said to have said it: the words that introduce or sign what follows or stands before them
as somebody's own, with no quotation marks needed.

`Paul says that we are free` tells what he means, in other words. `Paul says: we are free`, `as Paul
says, we are free` and `we are free, says Paul` are his words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rackhouse.services.study.model.guard.mentions import Mention
from rackhouse.services.study.model.guard.people import (
    BOOKS,
    EDITION,
    HE,
    INITIAL,
    PEOPLE,
    PROPER,
    REF,
    SAID,
    SAY,
    WHO,
)

_IN = r"[^.:;!?\"\x02]"  # within a clause
_CLAUSE = r"[^.:;!?\"]"
_MEANT = (
    r"(?:is|are|was|that|how|why|what|when|where|who|whom|which|of|about|nothing|much|little"
    r"|que|como)\b"
)
_FEW = rf"(?!,? {_MEANT})(?: +[^\s.,:;!?\"]+){{0,5}}?"
_NOT_WHEN = r"\b(?=[IiTt])" + "".join(
    rf"(?<!{word} )" for word in ("when", "while", "once", "where", "until")
)


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns))


# Behind each of these stand somebody's words.
_COLON = _any(
    rf"{WHO}{_IN}{{0,40}}?[ ,]{SAY}{_FEW}[)\]]? ?:\s*",
    r"\b(?i:(?:these|his|her|own|following|very) words|listen to|hear|recall|quoting|quote|citing)"
    rf"(?: (?:of |from |by |to )?{WHO})? ?:\s*",
    rf"(?<!hat )\b{HE} {SAY}(?: (?:un)?to {_CLAUSE}{{1,30}})? ?:\s*",
    r"\b(?i:(?:it|as) (?:is|was|stands) written|thus|esta(?:ba)? escrito) ?:\s*",
    rf"{REF}+[)\]]?{EDITION} ?:\s*",
    rf"(?:{REF}|\b(?i:verse|passage|text|psalm|promise|commandment|prayer|line|saying)s?\b)"
    rf"{_CLAUSE}{{0,60}} (?i:is|are|was|were|reads|runs|goes|here|below|follows|for you|in full)"
    r" ?:\s*",
    rf"^[\W\d_]*{REF}+[)\]*]?{EDITION}(?: ?[\u2014|\n]| - )\s*",
)
_COMMA = re.compile(
    rf"(?:{WHO}[^.:;!?,\"\x02]{{0,20}}? {SAY}"
    rf"|{_NOT_WHEN}(?i:it (?:is|was) written|thus saith the lord|in the words of) ?(?:{WHO})?"
    rf"|\b(?i:(?:it|he|she) (?:says?|reads?|wrote|writes)|we read|is written) (?:in|at) {REF}+"
    rf"|{REF}+ we read|\b(?i:to quote|says?|segun|esta escrito en|dice) {WHO}"
    r"|\b(?i:esta(?:ba)? escrito))(?: (?:in|at|of) {REF}+)? ?[,\u2014] ?"
)
_BARE = _any(
    rf"(?:{REF}+|{INITIAL}{BOOKS})[)\]]? (?i:(?:also|clearly|plainly|simply|famously|even) )?"
    r"(?i:says?|saith|said|reads?|states?|goes|declares?|proclaims?|dice|dijo|declara|afirma) ",
    rf"{INITIAL}(?:{PEOPLE}) {SAY} (?=[A-Z])(?!{PROPER})",
    rf"{_NOT_WHEN}(?i:it (?:is|was|stands) written (?!in |by |down|about|of |for |to |on |with))"
    r"(?:that )?",
    r"\b(?i:esta(?:ba)? escrito )(?!en |por |de )(?:que )?",
)
# Before these stand somebody's words.
_SIGNED = _any(
    rf"[.!?\"']?\s*(?:\u2014|--| - )\s*[(\[]?(?:{WHO}(?:,? ?{REF}+)?)[)\]]?[.\s]*$",
    rf"[.!?]? *\n\s*[(\[]?{REF}+[)\]]?[.\s]*$",
    rf"[,!?\"'\u201d]\s?{SAID} (?:the |el )?{WHO}{_CLAUSE}{{0,20}}[.!?\s]*$",
)
# What follows a verb of saying where it is told in other words.
_INDIRECT = re.compile(
    r"(?:[a-z]+(?:ly|mente)[ ,]+)?(?:que|como|por que|algo|nada|mucho|poco"
    r"|that|how|why|which|about|nothing|much|little|more|less|something|anything"
    r"|a (?:lot|great deal|word)|otherwise|no such|we|us|people|christians|believers|both"
    r"|differently|whether"
    r"|to (?!the |them |him |you |me ))\b|(?:so|it|this|as much|the same)?\W*$"
)
_MEANING = re.compile(
    r"(?:in|at|with|from|for|by|as|when|while|after|before)\b[^,.;:!?]{0,40}, ?that\b|\W*$",
    re.IGNORECASE,
)
# What gives words; behind which of them they are told; and the marks of which one has to be there.
_SAYING = (
    (_COLON, None, f":{REF}"),
    (_COMMA, _MEANING, ",\u2014"),
    (_BARE, _INDIRECT, " "),
)
# Before and behind quotation marks.
_OPENS = re.compile(
    rf"(?:(?:{WHO}|\b(?i:he|she|they|it|who|and|then|i|we|you)){_CLAUSE}{{0,40}} {SAY}\b"
    rf"{_CLAUSE}{{0,40}}[,:]?"
    r"|\b(?i:words|verse|passage|promise|command|saying|line|text|prayer|psalm)"
    r"(?: (?:is|are|was|were))?"
    rf"|[:\u2014]|\b(?i:written),?|{REF}[)\]]?[ ,]{{0,2}})\s*[(\[]?\s*$"
)
_CLOSES = re.compile(
    rf"[\s,.;!?]*(?:[(\[\u2014-]+\s*(?:cf\.?|see)?\s*{REF}|{SAID} (?:the |el )?{WHO}"
    rf"|(?:{WHO}|\b(?i:he|she|they)) {SAY}\b)"
)
_ANNOUNCES = re.compile(
    rf"(?:{REF}+|{INITIAL}{BOOKS}){_CLAUSE}{{0,30}}\b"
    r"(?i:says?|said|reads?|states?|goes|declares?|puts it)\b"
    rf"{_CLAUSE}{{0,30}}[.:]?\s*$"
)
_TELLS = re.compile(
    rf"{WHO}{_IN}{{0,40}}? {SAY} (?:that|how|why|of|about|to)\b|\b(?i:it (?:is|was|stands) written)"
)
# Without one of these nobody says anything: most sentences have none.
_SAYS = re.compile(
    rf"\b{SAY}\b|\u2014|--| - |(?i:written|words|thus|we read|listen|hear|recall|quot|citing"
    r"|escrito|segun| (?:is|are|was|were|here|below|follows|you|full) ?:)"
)
_DASH = re.compile(r"\u2014|--| - ")
_NONE = re.compile(
    rf"\b(?:there is|there's|there are|has|have|exists?) (?:no|not a|not any|neither) {REF}"
    rf"|{REF} (?:(?:does not|doesn't|do not|did not) exist|(?:cannot|can't) be found)"
    rf"|{REF} is (?:not (?:a|in|part|found)|no verse)"
    rf"|no (?:hay|existe|tiene) (?:ningun |ninguna |un |una |el )?{REF}|{REF} no existe"
    rf"|no (?:such )?(?:verse|psalm|chapter|passage){_CLAUSE}{{0,30}}{REF}",
    re.IGNORECASE,
)
_NOT = re.compile(
    r"\b(?:not|never|nowhere|no|nor|neither|without|instead of|rather than|wrongly|nunca"
    r"|jamas|ni|en lugar de)\b|n't\b",
    re.IGNORECASE,
)
_LOOKED_AT = 120  # characters before quotation marks


class Said(NamedTuple):
    """Words that are somebody's own, from `start` up to `end`; what says so begins at `since`."""

    since: int
    start: int
    end: int


def masked(text: str, mentions: Sequence[Mention]) -> str:
    """With each reference made unlike any word, as long as before. All below want such a text."""
    for mention in mentions:
        size = mention.end - mention.start
        text = text[: mention.start] + REF * size + text[mention.end :]
    return text


def introduced(text: str, start: int, end: int) -> bool:
    """Whether what stands there in quotation marks is given as somebody's words."""
    before = max(start - _LOOKED_AT, 0)
    return bool(_OPENS.search(text, before, start) or _CLOSES.match(text, end))


def said(text: str) -> Iterator[Said]:
    """What is given as somebody's words without marks; they may overlap."""
    says = _SAYS.search(text) is not None
    if not (says or REF in text):
        return
    for pattern, meaning, marks in _SAYING:
        if not any(mark in text for mark in marks):
            continue
        for found in pattern.finditer(text):
            if meaning is None or not meaning.match(text, found.end()):
                yield Said(found.start(), found.end(), len(text))
    if (says or "\n" in text or _DASH.search(text)) and (signed := _SIGNED.search(text)):
        yield Said(0, 0, signed.start())


def told(text: str) -> bool:
    """Whether it tells what somebody says, be it in other words."""
    return _TELLS.search(text) is not None


def announced(text: str, mentions: Sequence[Mention]) -> Mention | None:
    """The verses whose words the next sentence is to give: `Consider what John 3:16 says.`"""
    return mentions[-1] if mentions and _ANNOUNCES.search(text) else None


def lone(text: str) -> bool:
    """Whether it says that there is no such verse."""
    return _NONE.search(text) is not None


def denied(text: str, start: int) -> bool:
    """Whether it is said of what begins there that it is not so."""
    return _NOT.search(text, max(start - _LOOKED_AT, 0), start) is not None
