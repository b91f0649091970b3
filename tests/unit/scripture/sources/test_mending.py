"""A word in two pieces is made whole, and nothing beside the verse is moved off its words."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rackhouse.services.scripture.model.annotations import Beside, Heading, Note, Word
from rackhouse.services.scripture.model.composing import Composed
from rackhouse.services.scripture.model.mending import whole
from rackhouse.services.scripture.store.splits import KJV, mended

BESIDE = Beside(
    (
        Word(0, 4, ("G2064",)),
        Word(5, 9, ("G3954",)),
        Word(10, 12, ("G3326",)),
        Word(13, 17, ("G1",)),
    ),
    (Note(12, "behind it"), Note(0, "at the start")),
    (Heading(13, "further on"),),
    "HEB 4:17",
)


def test_both_pieces_are_one_word_with_both_numbers() -> None:
    made = whole(Composed("come bold ly unto", BESIDE), "bold ly")
    assert made.text == "come boldly unto"
    words = [(made.text[it.start : it.end], it.strongs) for it in made.beside.words]
    assert words == [("come", ("G2064",)), ("boldly", ("G3954", "G3326")), ("unto", ("G1",))]
    assert [(it.at, it.text) for it in made.beside.notes] == [
        (11, "behind it"),
        (0, "at the start"),
    ]
    assert [it.at for it in made.beside.headings] == [12]
    assert made.beside.number == "HEB 4:17"


def test_a_piece_of_another_word_is_none() -> None:
    verse = Composed("they can nothing do, nor scan not", Beside())
    assert whole(verse, "can not") == verse


def test_it_is_mended_wherever_the_verse_has_it() -> None:
    made = whole(Composed("who soever and who soever", Beside()), "who soever")
    assert made.text == "whosoever and whosoever"


def test_a_source_that_was_mended_and_any_other_verse_stay() -> None:
    mended_already = Composed("come boldly unto the throne", Beside())
    assert mended(mended_already, ("HEB", 4, 16), KJV) is mended_already
    other = Composed("they can not", Beside())
    assert mended(other, ("GEN", 1, 1), KJV) is other


@given(st.lists(st.sampled_from(["bold", "ly", "boldly", "a", "throne"]), max_size=12))
def test_every_word_beside_it_still_stands_on_its_own_letters(words: list[str]) -> None:
    text, told = " ".join(words), []
    at = 0
    for number, word in enumerate(words, 1):
        told.append(Word(at, at + len(word), (f"G{number}",)))
        at += len(word) + 1
    made = whole(Composed(text, Beside(tuple(told))), "bold ly")
    assert "".join(made.text.split()) == "".join(words)
    assert [made.text[it.start : it.end] for it in made.beside.words] == made.text.split()
    numbers = [each for it in made.beside.words for each in it.strongs]
    assert numbers == [f"G{at}" for at in range(1, len(words) + 1)]
