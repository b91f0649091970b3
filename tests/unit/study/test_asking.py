"""A question without any model: plan, evidence, and the passages as an answer."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from rackhouse.kit.web.problem import NotFound
from rackhouse.services.study.model import unknown
from rackhouse.services.study.model.answer import Answer, Heading, Outcome, Quote
from rackhouse.services.study.model.composing import NO_ANSWER, NOT_FOUND
from rackhouse.services.study.model.evidence import How
from rackhouse.services.study.model.found import Range, Word
from rackhouse.services.study.service.asking import Asking
from rackhouse.services.study.service.memory import MemoryScripture, NoRetrieval
from rackhouse.services.study.service.seams import Retrieval
from rackhouse.services.study.service.tracing import Trace
from rackhouse.services.study.service.whole import Whole
from unit.study.held import CANON, retrieval, scripture, texts

SEARCH = retrieval()


async def asked(
    question: str,
    *names: str,
    search: Retrieval = SEARCH,
    store: MemoryScripture | None = None,
) -> tuple[Answer, Trace]:
    asking, trace = Asking(store or scripture(), search), Trace()
    translations = await asking.chosen(names)
    plan = await asking.plan(question, translations, trace)
    return await asking.extracted(question, plan, translations, trace), trace


def quotes(answer: Answer) -> list[Quote]:
    return [each for each in answer.parts if isinstance(each, Quote)]


async def test_a_named_passage_is_looked_up_and_stands_alone() -> None:
    answer, trace = await asked("John 3:16")
    assert [each.reference for each in quotes(answer)] == ["John 3:16"]
    assert answer.sureness == 1.0
    assert answer.evidence[0].why.how is How.NAMED
    assert [each.kind for each in trace.steps] == ["look_up", "plan", "compose"]


async def test_a_named_passage_is_one_however_long() -> None:
    answer, _ = await asked("Matthew 13:1-23")
    assert [each.reference for each in quotes(answer)] == ["Matthew 13:1-23"]


async def test_of_a_long_passage_what_the_question_is_about() -> None:
    answer, _ = await asked("what does Romans 8 say about the Spirit")
    assert quotes(answer)
    assert all(each.reference.startswith("Romans 8:") for each in quotes(answer))
    assert len(answer.evidence) < len({it.id for each in quotes(answer) for it in each.verses})
    words = [
        verse.text[start:end].lower()
        for each in quotes(answer)
        for verse in each.verses
        for start, end in verse.marks
    ]
    assert words
    assert set(words) == {"spirit"}


@pytest.mark.parametrize(
    ("question", "texts"),
    [
        ("compare John 3:16 in all translations", ["kjv", "asv"]),
        ("John 3:16 in other versions", ["kjv", "asv"]),
        ("John 3:16 en todas las traducciones", ["kjv", "asv"]),
        ("how do the translations of John 3:16 differ", ["kjv", "asv"]),
        ("John 1:1 in every version", ["kjv"]),  # both say the same
        ("compare John 3:16", ["kjv"]),
        ("what is the best translation of John 3:16", ["kjv"]),
    ],
)
async def test_translations_are_compared_where_that_is_asked(
    question: str, texts: list[str]
) -> None:
    answer, _ = await asked(question)
    assert [each.translation for each in quotes(answer)] == texts
    assert len({each.code for each in quotes(answer)}) == 1


async def test_a_story_is_found_by_its_words() -> None:
    answer, _ = await asked("who was swallowed by a great fish")
    assert answer.outcome is Outcome.ANSWERED
    assert quotes(answer)[0].reference == "Jonah 1:17"
    assert isinstance(answer.parts[0], Heading)


async def test_what_is_weak_is_not_an_answer() -> None:
    answer, _ = await asked("how do I repair a bicycle tube")
    assert answer.outcome is Outcome.NOT_FOUND
    assert [each.text for each in answer.parts if isinstance(each, Heading)] == [NOT_FOUND]
    answer, _ = await asked("how do I repair a bicycle tube with glue and patches under water")
    assert answer.outcome is Outcome.NOT_FOUND
    headings = [each.text for each in answer.parts if isinstance(each, Heading)]
    assert headings == [NOT_FOUND, NO_ANSWER]
    assert any("near enough" in each for each in answer.notes)
    assert 0 < len(quotes(answer)) <= 3


async def test_every_word_of_scripture_is_the_texts_own() -> None:
    answer, _ = await asked("the love of God in Christ Jesus", "asv")
    held = texts()["asv"]
    assert quotes(answer)
    for each in quotes(answer):
        assert each.translation == "asv"
        assert CANON.read(each.code) == (each.first, each.last)
        assert all(verse.text == held[verse.id] for verse in each.verses)


async def test_no_verse_is_quoted_twice() -> None:
    answer, _ = await asked("the Spirit of God and the flesh")
    verses = [verse.id for each in quotes(answer) for verse in each.verses]
    assert len(verses) == len(set(verses))


async def test_without_a_search_plain_words_are_looked_for_and_it_says_so() -> None:
    answer, _ = await asked("love in John 3:16", search=NoRetrieval())
    assert [each.reference for each in quotes(answer)] == ["John 3:16"]
    assert any("search is away" in each for each in answer.notes)
    answer, trace = await asked("swallowed by a great fish", search=NoRetrieval())
    assert quotes(answer)[0].reference == "Jonah 1:17"
    assert any("plain words" in each.what for each in trace.steps)


async def test_a_search_that_is_not_filled_yet_is_not_taken_for_scripture() -> None:
    filled = False
    search = Whole(SEARCH, lambda: filled)
    answer, _ = await asked("swallowed by a great fish", search=search)
    assert quotes(answer)[0].reference == "Jonah 1:17"
    assert any("not hold all of scripture yet" in each for each in answer.notes)
    other = await search.search("fish", limit=1, collections=("notes",))
    assert other.hits
    filled = True
    answer, _ = await asked("swallowed by a great fish", search=search)
    assert not any("not hold all" in each for each in answer.notes)


class Installed(MemoryScripture):
    """With works beside the texts."""

    async def cross(self, verse: int) -> Sequence[Range]:
        assert verse == 43003016
        return [(45005008, 45005008), (1003015, 1003015)]

    async def topic(self, subject: str) -> Sequence[Range]:
        return [(43003014, 43003017)]

    async def strongs(self, number: str) -> Word:
        return Word(says=f"{number}: love (86)", ranges=((43015013, 43015013),))


@pytest.mark.parametrize(
    ("question", "heading", "found", "note"),
    [
        ("G26", "Where the word stands", ["John 15:13"], "G26: love (86)"),
        ("cross-references of John 3:16", "What refers to it", ["Romans 5:8", "Genesis 3:15"], ""),
        ("topic: salvation", "On this topic", ["John 3:14-17"], ""),
    ],
)
async def test_what_is_asked_for_by_its_kind_is_the_answer(
    question: str, heading: str, found: list[str], note: str
) -> None:
    answer, trace = await asked(question, store=Installed(CANON, texts()))
    assert answer.outcome is Outcome.ANSWERED
    assert [each.text for each in answer.parts if isinstance(each, Heading)] == [heading]
    assert [each.reference for each in quotes(answer)] == found
    assert [*answer.notes] == [note] * bool(note)
    assert "passages" in trace.steps[0].detail


async def test_what_is_not_installed_is_told_and_searched_for() -> None:
    answer, _ = await asked("cross-references of John 3:16")
    assert [each.reference for each in quotes(answer)] == ["John 3:16"]
    assert "No source of cross-references is installed: add one." in answer.notes


async def test_an_unknown_translation_is_told_with_those_there_are() -> None:
    with pytest.raises(NotFound, match="xyz") as told:
        await asked("love", "xyz")
    assert "kjv" in told.value.fix


async def test_other_scripts_are_answered_too() -> None:
    for question in ("מי היה דוד", "太初有道", "من هو داود", "¿Quién fue tragado por un pez?"):
        answer, _ = await asked(question)
        assert answer.outcome is Outcome.NOT_FOUND


async def test_a_verse_or_a_name_that_is_nowhere_is_not_found() -> None:
    for question in (
        "what does John 3:99 say of love",
        "John 3:16-99",
        "Psalm 151",
        "was Jonah the son of Tamarel",
    ):
        answer, _ = await asked(question)
        assert answer.outcome is Outcome.NOT_FOUND, question
        assert any("nowhere" in each for each in answer.notes)
    for each in ("John 3:16-18", "Romans 8:38-9:5", "John 3", "1 John 4:8", "Psalm 119:1 - 176"):
        assert not unknown.verses(CANON, each)
    answer, _ = await asked("was Jonah swallowed by a great fish")
    assert answer.outcome is Outcome.ANSWERED
