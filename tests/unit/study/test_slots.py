"""A question that asks for a name or a number is answered by what tells one."""

from __future__ import annotations

import pytest

from rackhouse.services.study.model.evidence import How, Passage, Verse, Why, Words
from rackhouse.services.study.model.slots import Slot, asked, told


def passages(*texts: str) -> list[Passage]:
    return [
        Passage(
            reference="",
            code="",
            first=1,
            last=1,
            texts=(Words(translation="kjv", verses=(Verse(id=1, text=text),)),),
            why=Why(how=How.SEARCHED),
        )
        for text in texts
    ]


@pytest.mark.parametrize(
    ("question", "text", "tells"),
    [
        ("what was the name of Noah's wife", "Noah went in, and his sons, and his wife", False),
        ("what was the name of Abraham's wife", "And Sarah Abraham's wife conceived", True),
        ("What is Moses' brother's name?", "Is not Aaron the Levite thy brother? said Moses", True),
        ("what was Lot's wife called", "Remember Lot's wife. Whosoever shall seek", False),
        ("names of the twelve disciples", "his disciples: Simon, and Andrew, James and John", True),
        ("what were the names of Noah's sons", "the sons of Noah, Shem, Ham, and Japheth", True),
        ("names of the three wise men", "there came wise men from the east", False),
        ("how many sons did Jacob have", "Now the sons of Jacob were twelve", True),
        ("how many wise men were there", "there came wise men from the east", False),
        ("how many times did Peter deny Jesus", "Peter, thou shalt deny me thrice", True),
        ("how tall was Goliath", "Goliath, whose height was six cubits", True),
        ("how tall was Jesus", "he was little of stature; Jesus passed by", False),
        ("how old was Methuselah", "the days of Methuselah were nine hundred years", True),
        ("how old was Methuselah", "there were nine hundred men of valour", False),
        ("how old was Ruth", "Ruth gleaned two ephahs", False),
        ("what colour was the dragon", "behold a great red dragon", True),
        ("what colour was Joseph's hair", "Joseph shaved himself", False),
        ("the surname of Pilate's wife", "Pilate's wife sent unto him", False),
        ("what was Simon's surname", "one Simon, whose surname is Peter", True),
        ("in what year did the king die", "In the year that king Uzziah died", False),
        ("in what year did Asa die", "Asa died in the one and fortieth year of his reign", True),
    ],
)
def test_what_tells_it(question: str, text: str, tells: bool) -> None:
    it = asked(question)
    assert it is not None
    assert told(it, passages("And it came to pass.", text)) is tells


@pytest.mark.parametrize(
    "question", ["who was Noah", "love your enemies", "why is the name of God holy", "", "???"]
)
def test_what_asks_for_neither(question: str) -> None:
    it = asked(question)
    assert it is None or it.slot is Slot.NAME
