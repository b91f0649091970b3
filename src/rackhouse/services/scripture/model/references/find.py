"""References within prose, each with its place. What might be something else is left out; in a
question about scripture less of it might.
"""

from __future__ import annotations

from rackhouse.services.scripture.model.problem import BadReference
from rackhouse.services.scripture.model.reference import Found, Reference
from rackhouse.services.scripture.model.references import words, works
from rackhouse.services.scripture.model.references.commas import doubtful
from rackhouse.services.scripture.model.references.grammar import Grammar, Item
from rackhouse.services.scripture.model.references.lists import between
from rackhouse.services.scripture.model.references.names import Named, further, named
from rackhouse.services.scripture.model.references.numerals import arabic
from rackhouse.services.scripture.model.references.spot import Spot
from rackhouse.services.scripture.model.references.tokens import Kind, Token, tokens


def find(text: str, *, question: bool = False) -> list[Found]:
    """All of them, in order. One is the places of one book: `John 3:16, 18; 4:1`. `question`: the
    text asks about scripture, where `romans 8` is more than a word and a number.
    """
    told = arabic(tokens(text), prose=True)
    grammar = Grammar(told, prose=True)
    found = []
    at = since = 0
    while told[at].kind is not Kind.END:
        name = named(told, at) if _may_begin(told, at) else None
        own = name and not (works.another(told, name) or works.counted(told, name, since))
        items = _items(grammar, told, name, question) if name and own else []
        if not items:
            at += 1
            continue
        start, at = told[at].start, items[-1].end
        since = at
        reference = Reference(tuple(item.verses for item in items))
        found.append(Found(start, told[at - 1].end, reference))
    return found


def _may_begin(told: list[Token], at: int) -> bool:
    """No word or number touches it."""
    if told[at].kind is Kind.MARK:
        return False
    if not (at and told[at].glued):
        return True
    before = told[at - 1]
    return before.kind is Kind.MARK and before.text not in {"_", "@", "#", "$"}


def _items(grammar: Grammar, told: list[Token], name: Named, question: bool) -> list[Item]:
    """The item that begins with the name, and those of the same book that go on with it."""
    first = _read(grammar, told, name.begin)
    if first is None or not _meant(told, name, first, question):
        return []
    items = [first]
    while (apart := between(told, items[-1].end)).end and not _begins(told, apart.end):
        spot = items[-1].spot
        more = _read(grammar, told, apart.end, spot, anew=apart.anew)
        if more is None or _strays(told, apart.anew, spot, more):
            break
        items.append(more)
    return items


def _read(
    grammar: Grammar, told: list[Token], at: int, last: Spot | None = None, *, anew: bool = False
) -> Item | None:
    try:
        item = grammar.item(at, last, anew=anew)
    except BadReference:
        return None
    if doubtful(told, at, item, prose=True):
        return None
    return item if _ends(told, item.end) else None


def _begins(told: list[Token], at: int) -> bool:
    """Whether a book is named there: what follows is another reference, or none."""
    name = further(told, at)
    return name is not None and (name.numbered or told[at].kind is Kind.WORD)


def _ends(told: list[Token], at: int) -> bool:
    """Whether what stands there leaves the number before it as it is: not `3:16pm`, `3:16:20`."""
    token = told[at]
    if token.kind is Kind.END:
        return True
    if token.kind is Kind.WORD:
        return not token.glued and not _hour(told, at)
    if token.glued and token.text in {"%", "\u00b0", "$", "\u20ac", "_", "@"}:
        return False
    after = told[at + 1]
    if token.glued and token.text == "/":
        return after.kind is not Kind.NUMBER
    return not (
        token.glued
        and token.text in {":", ".", ",", "-"}
        and after.glued
        and after.kind is Kind.NUMBER
        and not (token.text == "," and len(after.text) < 3)
    )


def _hour(told: list[Token], at: int) -> bool:
    """`pm`, `p. m.`, `o'clock`."""
    parts = [each.text for each in told[at : at + 3]]
    dotted = parts in (["a", ".", "m"], ["p", ".", "m"])
    return told[at].text in words.HOURS or dotted or (parts[0] == "o" and parts[-1] == "clock")


def _meant(told: list[Token], name: Named, item: Item, question: bool) -> bool:
    """Whether that word is the book: not `is 5`, `mark 3 boxes`, `He said so to John. 3 men`."""
    begins, verse = told[name.begin], item.spot.verse
    last = told[name.end - 1]
    if name.full and last.text == ".":  # it ended a sentence
        return False
    if name.word in words.DOTLESS and not name.full and _dotted(told, name.end, item):
        return False
    after = told[item.end]
    if not verse and after.kind is Kind.WORD and after.text in words.UNITS:
        return False
    if name.numbered:
        return bool(verse) or (len(name.word) > 1 and (question or not _counts(name, after)))
    if question and name.full and not (begins.small and name.word in words.COUNTED):
        return True
    return _small(name, verse) if begins.small else _great(told, name, item)


def _dotted(told: list[Token], at: int, item: Item) -> bool:
    """Whether its first two numbers are one with a dot."""
    return told[at].kind is Kind.NUMBER and told[at + 1].text == "." and at + 1 < item.end


def _small(name: Named, verse: int) -> bool:
    if name.word in words.NEVER_SMALL:
        return False
    return bool(verse) or (name.full and name.word not in words.ALSO_WORDS)


def _great(told: list[Token], name: Named, item: Item) -> bool:
    if item.spot.verse:
        return True
    if name.word in words.NEEDS_VERSE:
        return False
    after = told[item.end]
    if not (after.kind is Kind.WORD and after.small):
        return True
    return not _counts(name, after) and name.word not in words.NEEDS_REST


def _counts(name: Named, after: Token) -> bool:
    """Whether what follows a chapter is rather what is counted: `Mark 3 boxes`, `2 kings 3 men`."""
    sentence = after.kind is Kind.WORD and after.small and after.text not in words.GOES_ON
    return sentence and name.word in words.ALSO_WORDS


def _strays(told: list[Token], anew: bool, before: Spot, item: Item) -> bool:
    """Whether a number is rather one of the sentence: `John 3:16; 4 men came`."""
    if not (anew and before.verse and not item.spot.verse):
        return False
    after = told[item.end]
    return after.kind is Kind.WORD and after.small
