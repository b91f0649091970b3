"""True and false quotations in Spanish, out of the Reina-Valera of 1909, where its module of SWORD
is installed.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from functools import cache

import yaml

from fakes.quotations.false import SCENARIOS
from fakes.quotations.held import RV1909, spanish
from fakes.quotations.items import Item
from fakes.quotations.judge import read

_BOOKS = """
Génesis|Éxodo|Levítico|Números|Deuteronomio|Josué|Jueces|Rut|1 Samuel|2 Samuel|1 Reyes|2 Reyes
1 Crónicas|2 Crónicas|Esdras|Nehemías|Ester|Job|Salmos|Proverbios|Eclesiastés|Cantares|Isaías
Jeremías|Lamentaciones|Ezequiel|Daniel|Oseas|Joel|Amós|Abdías|Jonás|Miqueas|Nahum|Habacuc|Sofonías
Hageo|Zacarías|Malaquías|Mateo|Marcos|Lucas|Juan|Hechos|Romanos|1 Corintios|2 Corintios|Gálatas
Efesios|Filipenses|Colosenses|1 Tesalonicenses|2 Tesalonicenses|1 Timoteo|2 Timoteo|Tito|Filemón
Hebreos|Santiago|1 Pedro|2 Pedro|1 Juan|2 Juan|3 Juan|Judas|Apocalipsis
"""
_NAMES = [name for line in _BOOKS.split("\n") for name in line.split("|") if name]
_MARKED = (
    "{r} dice: «{q}»",
    "«{q}» ({r}).",
    "“{q}” — {r}",
    'Leemos en {r}: "{q}"',
    "Recuerda estas palabras: «{q}»",
    "Hay un versículo que dice «{q}», y me sostiene.",
    "> {q}\n> {r}\n",
)
_SAID = (
    "{r} dice: {q}",
    "{r}: {q}.",
    "La Biblia dice: {q}.",
    "Jesús dijo: {q}.",
    "Está escrito: {q}.",
    "Según {r}, {q}.",
    "{q} — {r}",
)
_UNMARKED = ("{q}.", "{q} ({r}).")
_WITHOUT = 8  # words that an unmarked verse has at least, once changed
_WORDS = 4  # of a run of invented words


def scenarios(kind: str) -> list[str]:
    return list(yaml.safe_load((SCENARIOS / "guard-spanish.yaml").read_text())[kind])


def name(number: int) -> str:
    book, chapter, verse = number // 1_000_000, number // 1_000 % 1_000, number % 1_000
    return f"{_NAMES[book - 1]} {chapter}:{verse}"


@cache
def _everything() -> str:
    said = spanish()[RV1909]
    return f" {' '.join(' '.join(read(said[verse])) for verse in sorted(said))} "


def _there(words: list[str]) -> bool:
    return f" {' '.join(words)} " in _everything()


@cache
def _numbers() -> tuple[int, ...]:
    return tuple(sorted(spanish()[RV1909]))


@cache
def _common() -> tuple[str, ...]:
    return tuple(sorted({word for word in _everything().split()[::50] if len(word) > 2}))


def _part(dice: random.Random, least: int = 6) -> tuple[int, list[str]]:
    """A part of a verse that is one sentence, and the number of that."""
    while True:
        number = dice.choice(_numbers())
        words = spanish()[RV1909][number].split()
        if len(words) < least or len(read(" ".join(words))) != len(words):
            continue
        size = dice.randint(least, min(30, len(words)))
        start = dice.choice((0, 0, dice.randint(0, len(words) - size)))
        part = words[start : start + size]
        if not any(mark in " ".join(part)[:-1] for mark in ".!?¡¿"):
            return number, part


def _swapped(dice: random.Random, words: list[str], at: int) -> list[str]:
    return [*words[:at], dice.choice(_common()), *words[at + 1 :]]


def _dropped(_dice: random.Random, words: list[str], at: int) -> list[str]:
    return [*words[:at], *words[at + 1 :]]


def _inserted(dice: random.Random, words: list[str], at: int) -> list[str]:
    return [*words[:at], dice.choice(_common()), *words[at:]]


def _transposed(_dice: random.Random, words: list[str], at: int) -> list[str]:
    return [*words[:at], words[at + 1], words[at], *words[at + 2 :]]


def _denied(_dice: random.Random, words: list[str], at: int) -> list[str]:
    return [*words[:at], "no", *words[at:]]


Change = Callable[[random.Random, list[str], int], list[str]]
CHANGES: dict[str, Change] = {
    "word swapped": _swapped,
    "word dropped": _dropped,
    "word inserted": _inserted,
    "words transposed": _transposed,
    "denied": _denied,
}


def changed(kind: str, seed: str) -> Item:
    """A verse with one change."""
    dice = random.Random(f"spanish {kind} {seed}")
    while True:
        number, words = _part(dice)
        at = dice.randrange(1, len(words) - 1)
        made = CHANGES[kind](dice, words, at)
        told = read(" ".join(made))
        run = told[max(at - 2, 0) : at + 3]
        if not _there(told) and not _there(run):
            break
    few = len(made) < _WITHOUT or not made[0][:1].isupper()
    frame = dice.choice(dice.choice((_MARKED, _SAID) if few else (_MARKED, _SAID, _UNMARKED)))
    return _item(kind, frame, " ".join(made), number, tuple(run))


def wrong_verse(seed: str) -> Item:
    """A verse's own words, given as another's."""
    dice = random.Random(f"spanish wrong verse {seed}")
    while True:
        _, words = _part(dice)
        other = dice.choice(_numbers())
        told = " ".join(read(" ".join(words)))
        if _everything().count(f" {told} ") == 1 and told not in " ".join(
            read(spanish()[RV1909][other])
        ):
            break
    frame = dice.choice([it for it in (*_MARKED, *_SAID) if "{r}" in it])
    return _item("wrong verse", frame, " ".join(words), other)


def invented(seed: str) -> Item:
    """A verse that nobody wrote, given as one that there is."""
    dice = random.Random(f"spanish invented {seed}")
    said = dice.choice(scenarios("invented"))
    number, _ = _part(dice)
    told = read(said)
    runs = [tuple(told[at : at + _WORDS]) for at in range(len(told) - _WORDS + 1)]
    return _item("invented", dice.choice((*_MARKED, *_SAID)), said, number, *runs)


def false(count: int, since: int = 0) -> Iterator[Item]:
    """So many of each class, from that seed on."""
    for seed in range(since, since + count):
        yield from (changed(kind, str(seed)) for kind in CHANGES)
        yield wrong_verse(str(seed))
        yield invented(str(seed))


def true(count: int, since: int = 0) -> Iterator[str]:
    """So many verses, or parts, as they are, and in another case."""
    for seed in range(since, since + count):
        dice = random.Random(f"spanish exact {seed}")
        number, words = _part(dice)
        way = dice.choice((str, str, str.upper, str.lower))
        frame = dice.choice(dice.choice((_MARKED, _SAID, _UNMARKED)))
        yield _item("exact", frame, way(" ".join(words)), number).text


def _item(kind: str, frame: str, said: str, number: int, *wrong: tuple[str, ...]) -> Item:
    reference = name(number) if "{r}" in frame else ""
    text = frame.replace("{q}", said.rstrip(".,;:")).replace("{r}", reference)
    return Item(f"Spanish, {kind}", frame, text, said, wrong, reference, number)
