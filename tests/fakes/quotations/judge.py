"""Whether a sentence that left is a false accept. It reads the texts by itself, and knows how each
false quotation was made; it takes nothing from the guard but what left.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from fakes.quotations.held import RV1909, spanish, texts
from fakes.quotations.items import Item, plain
from rackhouse.services.study.model.guard.verdict import Kind, Plain, Quote, Verdict

_APART = "|"


def untrue(quote: Quote) -> str:
    """What is wrong with a quotation; "" where it is the text's own."""
    said = (spanish() if quote.translation == RV1909 else texts())[quote.translation]
    verses = [said[it] for it in sorted(said) if quote.first <= it <= quote.last]
    if quote.text not in " ".join(verses):
        return f"{quote.first} to {quote.last} of {quote.translation} do not say that"
    return ""


def accepted(item: Item, verdicts: Iterable[Verdict]) -> str:
    """Why what left of a false quotation is false; "" where it is not."""
    left: list[str] = []
    quotes: list[Quote] = []
    plains = ""
    for verdict in verdicts:
        assert (verdict.kind is Kind.BLOCKED) == (not verdict.parts)
        for part in verdict.parts:
            if isinstance(part, Plain):
                left += read(part.text)
                plains += part.text
            else:
                quotes.append(part)
                left.append(_APART)
    for quote in quotes:
        if problem := untrue(quote):
            return problem
    for run in item.wrong:
        if _within(run, left):
            return f"{' '.join(run)!r} left"
    named = bool(item.reference) and item.reference in plains
    if named and not all(_of(quote, item.verse) for quote in quotes):
        return "the words stand beside a reference that is not theirs"
    if item.kind == "wrong verse" and item.reference in plains:
        words = read(item.said)
        if any(_within(words[at : at + 4], left) for at in range(max(len(words) - 3, 1))):
            return "words left with the wrong reference"
    return ""


def _of(quote: Quote, verse: int) -> bool:
    """Whether its words are that verse's, or that verse's too."""
    if quote.first <= verse <= quote.last:
        return True
    every = spanish() if quote.translation == RV1909 else texts()
    return any(_within(read(quote.text), read(said.get(verse, ""))) for said in every.values())


def _within(run: Sequence[str], words: list[str]) -> bool:
    size = len(run)
    return any(words[at : at + size] == list(run) for at in range(len(words) - size + 1))


def read(text: str) -> list[str]:
    """Its words, whatever it is disguised as, and without accents."""
    return plain(_unmasked(text))


def _unmasked(text: str) -> str:
    import html
    import unicodedata

    from fakes.quotations.changes import _LIKE

    back = {strange: own for own, strange in _LIKE.items()}
    letters = unicodedata.normalize("NFKD", html.unescape(text))
    kept = (
        back.get(it, it)
        for it in letters
        if it not in "*_" and unicodedata.category(it) not in {"Mn", "Cf"}
    )
    return "".join(kept)


def rejected(verdicts: Iterable[Verdict]) -> str:
    """Why a true sentence did not leave rightly; "" where it did."""
    for verdict in verdicts:
        if verdict.kind not in {Kind.PASSES, Kind.QUOTED}:
            return f"{verdict.kind}: {verdict.reason}"
        for quote in verdict.quotes:
            if problem := untrue(quote):
                return problem
    return ""
