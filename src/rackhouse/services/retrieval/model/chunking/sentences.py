"""Where a sentence ends, well enough to cut there: nothing is lost where it is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

# A mark that ends, what closes after it, white space; or a mark of other scripts by itself.
_END: Final = re.compile(r"[.!?…]+[\"'”’)\]»]*(?=\s)|[。！？।۔؟]+[”’」』）]*")  # noqa: RUF001
_SHORT: Final = frozenset(
    {
        *("mr", "mrs", "ms", "dr", "st", "prof", "rev", "jr", "sr", "vs", "etc", "no", "vol"),
        *("fig", "cf", "e.g", "i.e", "eg", "ie", "al", "approx", "dept", "est", "inc", "ltd"),
        *("ch", "pp", "ed", "eds", "gen", "ex", "lev", "rom", "cor", "gal", "eph", "ps"),
    }
)
_WORD: Final = re.compile(r"([^\s(\[\"'“‘]+)$")  # noqa: RUF001


def sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Those of a block, from where up to where; together they are all of it but white space."""
    at = start
    for found in _END.finditer(text, start, end):
        if found[0].startswith(".") and _goes_on(text, at, found.start(), found.end(), end):
            continue
        yield at, found.end()
        at = found.end()
        while at < end and text[at].isspace():
            at += 1
    if at < end:
        yield at, end


def _goes_on(text: str, since: int, dot: int, after: int, end: int) -> bool:
    """Whether a dot belongs to a short form, an initial or a number."""
    word = _WORD.search(text, max(since, dot - 20), dot)
    said = word[1].lower() if word else ""
    following = text[after : min(end, after + 40)].lstrip()[:1]
    return said in _SHORT or (len(said) == 1 and said.isalpha()) or following.islower()
