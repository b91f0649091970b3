"""False quotations: each class as many as are asked for, the same from the same seed."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import yaml

from fakes.quotations import frames
from fakes.quotations.changes import CHANGES
from fakes.quotations.items import Changed, Item, plain
from fakes.quotations.verses import another, everything, name, part, there

SCENARIOS = Path(__file__).parents[2] / "scenarios" / "study"
_WITHOUT = 8  # words that an unmarked verse has at least, once changed
_AMONG = 12  # the same among prose
_NOWHERE = (
    "Psalm 151:{n}", "Psalm 151", "John 3:{m}", "Romans 17:{n}", "Jude 2:{n}", "Genesis 51:{n}",
    "3 Corinthians 1:{n}", "Hezekiah 4:{n}", "Revelation 23:{n}", "Ps. 152:{n}", "Jn 3:{m}",
)  # fmt: skip


def invented() -> list[str]:
    return list(yaml.safe_load((SCENARIOS / "guard-invented.yaml").read_text()))


def changed(kind: str, change: Callable[[random.Random], Changed], seed: str) -> Item:
    """A sentence with words that were changed so."""
    dice = random.Random(f"{kind} {seed}")
    while True:
        made = change(dice)
        words = plain(made.text)
        if there(words):  # another text, or another verse, has it so
            continue
        frame = _frame(dice, made)
        reference = name(made.verse)
        return Item(
            kind,
            frame,
            frames.framed(frame, made.text, reference),
            made.text,
            _apart(made),
            reference if frames.needs(frame) else "",
            made.verse,
        )


def _apart(made: Changed) -> tuple[tuple[str, ...], ...]:
    """What must not leave: unless the text has it so itself, then with more around it."""
    for wide in range(2, len(made.words) + 1):
        run = tuple(plain(" ".join(made.words[max(made.first - wide, 0) : made.last + wide])))
        if not there(run):
            return (run,)
    return (tuple(plain(made.text)),)


def _frame(dice: random.Random, made: Changed) -> str:
    sorts = [frames.MARKED, frames.SAID]
    whole = " ".join(made.words)
    one = not any(mark in whole[:-1] for mark in ".!?")
    if not one:
        sorts[1] = [it for it in frames.SAID if it not in frames.BEHIND]
    if not made.unmarked:
        return dice.choice([*(dice.choice(sorts) if one else frames.MARKED)])
    if one and len(made.words) >= _WITHOUT and made.words[0][:1].isupper():
        sorts.append(frames.UNMARKED)
    inner = made.first >= 3 and made.last <= len(made.words) - 3
    if one and len(made.words) >= _AMONG and inner:
        sorts.append(frames.WITHIN)
    return dice.choice([*dice.choice(sorts)])


def wrong_verse(seed: str) -> Item:
    """A verse's own words, given as another's."""
    dice = random.Random(f"wrong verse {seed}")
    while True:
        _, verse, words = part(dice, 5)
        other = another(dice, verse)
        told = plain(" ".join(words))
        from fakes.quotations.held import texts

        if everything().count(f" {' '.join(told)} ") <= 2 and not any(
            " ".join(told) in " ".join(plain(text.get(other, ""))) for text in texts().values()
        ):
            break
    one = not any(mark in " ".join(words)[:-1] for mark in ".!?")
    every = [it for it in (*frames.MARKED, *frames.SAID) if one or it not in frames.BEHIND]
    frame = dice.choice([it for it in every if frames.needs(it)])
    text = frames.framed(frame, " ".join(words), name(other))
    return Item("wrong verse", frame, text, " ".join(words), (), name(other), other)


def never_written(seed: str) -> Item:
    """A verse that nobody wrote, given as one that there is."""
    dice = random.Random(f"invented {seed}")
    said = dice.choice(invented())
    _, verse, _ = part(dice)
    frame = dice.choice([*frames.MARKED, *frames.SAID])
    text = frames.framed(frame, said, name(verse))
    return Item("invented", frame, text, said, _runs(said), name(verse), verse)


def nowhere(seed: str) -> Item:
    """Words that are given as a verse that there is not: invented ones, or the text's own."""
    dice = random.Random(f"nowhere {seed}")
    said = dice.choice((dice.choice(invented()), " ".join(part(dice)[2])))
    reference = dice.choice(_NOWHERE).format(n=dice.randint(1, 20), m=dice.randint(37, 120))
    every = [it for it in (*frames.MARKED, *frames.SAID) if frames.needs(it)]
    frame = dice.choice([*every, "told"])
    if frame == "told":
        text = dice.choice(
            (
                f"{reference} tells us that we should share what we have.",
                f"As we learn from {reference}, mercy has no end.",
                f"Read {reference} tonight.",
            )
        )
        return Item("Psalm 151, John 3:99", frame, text, "", ((*plain(reference),),))
    text = frames.framed(frame, said, reference)
    wrong = (*(_runs(said) if said in invented() else ()), tuple(plain(reference)))
    return Item("Psalm 151, John 3:99", frame, text, said, wrong)


def _runs(said: str) -> tuple[tuple[str, ...], ...]:
    words = plain(said)
    return tuple(tuple(words[at : at + 4]) for at in range(len(words) - 3))


def every(count: int, since: int = 0) -> Iterator[Item]:
    """So many of each class, from that seed on."""
    for seed in range(since, since + count):
        for kind, change in CHANGES.items():
            yield changed(kind, change, str(seed))
        yield wrong_verse(str(seed))
        yield never_written(str(seed))
        yield nowhere(str(seed))
