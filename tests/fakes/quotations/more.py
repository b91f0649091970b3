"""Further classes of false quotations: what is put together, and where it is written."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

from fakes.quotations.changes import dropped, swapped, synonym
from fakes.quotations.held import texts
from fakes.quotations.items import Changed, Item, plain
from fakes.quotations.verses import name, part, there, verse

_UNITS = """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
    sixteen seventeen eighteen nineteen
"""
_SMALL = _UNITS.split()
_DECADES = "zero ten twenty thirty forty fifty sixty seventy eighty ninety"
_TENS = _DECADES.split()
_BOOK = 1_000_000
_UNMARKED = 8  # words that a changed verse has at least where no mark is
_WRITTEN = {
    "in a list": "Consider these:\n\n- {q} ({r})\n- and what follows it\n",
    "in a numbered list": "Three lines help:\n1. {r}: {q}\n2. prayer\n",
    "in a table": "| verse | words |\n|---|---|\n| {r} | “{q}” |\n",
    "in a heading": "## {r}: “{q}”\n",
    "nested": "He told them, \u201c{r} says, \u2018{q}\u2019, and you know it.\u201d",
    "in code": "{r}: `{q}`",
    "in a link": "[“{q}”]({r})",
    "behind a question": "What does {r} say? “{q}”",
}


def glued(seed: str) -> Item:
    """Two verses' words with marks between them, as if what was left out joined them."""
    dice = random.Random(f"glued {seed}")
    while True:
        _, first, words = verse(dice, 8)
        _, other, more = verse(dice, 8)
        if abs(first - other) > 10_000:
            break
    dots = dice.choice(("...", "…", "[...]", ". . ."))
    said = f"{' '.join(words[:6])} {dots} {' '.join(more[-6:])}"
    reference = name(first)
    frame = dice.choice(('{r} says: "{q}"', '"{q}" ({r}).', "{r}: «{q}»", "> {q}\n> {r}\n"))
    wrong = tuple(plain(" ".join(more[-6:])))
    return _item("two verses with dots", frame, said, reference, first, wrong)


def wrong_book(seed: str) -> Item:
    """A verse's own words, with its chapter and verse, of another book."""
    dice = random.Random(f"wrong book {seed}")
    while True:
        _, number, words = part(dice, 6)
        other = dice.randrange(1, 67) * _BOOK + number % _BOOK
        held = [said.get(other, "") for said in texts().values()]
        told = " ".join(plain(" ".join(words)))
        if other != number and all(held) and not any(told in " ".join(plain(it)) for it in held):
            break
    frame = dice.choice(('{r} says: "{q}"', '"{q}" ({r}).', "{r} says: {q}.", "{q} — {r}"))
    one = not any(mark in " ".join(words)[:-1] for mark in ".!?")
    frame = frame if one else '{r} says: "{q}"'
    return _item("wrong book", frame, " ".join(words), name(other), other)


def spelt(seed: str) -> Item:
    """A changed verse, its numbers in words."""
    dice = random.Random(f"spelt {seed}")
    made = _made(dice)
    chapter, number = made.verse // 1000 % 1000, made.verse % 1000
    book = name(made.verse).rpartition(" ")[0]
    reference = f"{book} chapter {_words(chapter)} verse {_words(number)}"
    frame = dice.choice(('{r} says: "{q}"', '"{q}" ({r}).', "{r} says: {q}."))
    return _item("numbers in words", frame, made.text, reference, made.verse, *_apart(made))


def elsewhere(seed: str) -> Item:
    """A changed verse in lists, tables, headings, code, links, and quotations of quotations."""
    dice = random.Random(f"elsewhere {seed}")
    made = _made(dice)
    kinds = [it for it in _WRITTEN if it != "in a list" or len(made.words) >= _UNMARKED]
    kind = dice.choice(kinds)
    return _item(kind, _WRITTEN[kind], made.text, name(made.verse), made.verse, *_apart(made))


def over(seed: str) -> Item:
    """A changed verse of several sentences, without a mark that holds them together."""
    dice = random.Random(f"over {seed}")
    while True:
        _, number, words = verse(dice, 12)
        stops = [at for at, word in enumerate(words[2:-2], 2) if word[-1] in ".?!:"]
        if not stops:
            continue
        at = dice.randrange(stops[-1] + 1, len(words))
        new = dice.choice(("husbands", "small", "tells", "camels", "bright"))
        made = [*words[:at], new, *words[at + 1 :]]
        told = [word.rstrip(".?!:") + "." if i in stops else word for i, word in enumerate(made)]
        run = tuple(plain(" ".join(told[max(at - 2, 0) : at + 1])))
        if not there(run):
            break
    frame = dice.choice(("{r} says: {q}", "The Bible says: {q}.", "Paul wrote: {q}."))
    reference = name(number) if "{r}" in frame else ""
    return _item("over sentences", frame, " ".join(told), reference, number, run)


def _made(dice: random.Random) -> Changed:
    """A change of one sentence."""
    while True:
        made = dice.choice((swapped, synonym, dropped))(dice)
        if not there(plain(made.text)) and not any(mark in made.text[:-1] for mark in ".!?"):
            return made


def _apart(made: Changed) -> tuple[tuple[str, ...], ...]:
    return made.wrong() if not there(made.wrong()[0]) else (tuple(plain(made.text)),)


def _item(
    kind: str, frame: str, said: str, reference: str, number: int, *wrong: tuple[str, ...]
) -> Item:
    text = frame.replace("{q}", said.rstrip(".,;:")).replace("{r}", reference)
    return Item(kind, frame, text, said, wrong, reference, number)


def _words(number: int) -> str:
    if number >= 100:
        rest = number % 100
        return "one hundred" + (f" and {_words(rest)}" if rest else "")
    if number < 20:
        return _SMALL[number]
    ten, one = divmod(number, 10)
    return _TENS[ten] + (f"-{_SMALL[one]}" if one else "")


MAKE: tuple[Callable[[str], Item], ...] = (glued, wrong_book, spelt, elsewhere, over)


def every(count: int, since: int = 0) -> Iterator[Item]:
    """So many of each, from that seed on."""
    for seed in range(since, since + count):
        for make in MAKE:
            yield make(str(seed))
