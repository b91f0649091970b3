"""A scripted hostile model in the loop: only what is true of the evidence leaves."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

import pytest

from rackhouse.services.study.model.answer import Answer, By, Outcome, Quote, Said
from rackhouse.services.study.model.chat import Called, Delta, Spoke, Used
from rackhouse.services.study.model.guard.verdict import Kind, Plain, Verdict, blocked
from rackhouse.services.study.model.limits import Limits
from rackhouse.services.study.service.answering import Answering, Job, Model
from rackhouse.services.study.service.asking import Asking
from rackhouse.services.study.service.events import Event, Restart
from rackhouse.services.study.service.loop.loop import AWAY, ENOUGH, Begin
from rackhouse.services.study.service.memory import MemoryChat, NoGuards
from rackhouse.services.study.service.tracing import Trace
from unit.study.held import retrieval, scripture, texts

SEARCH = retrieval()
QUESTION = "how did God love the world"
TRUE = "God so loved that he gave his only Son [[JHN.3.16]]."


class Letting:
    """Lets everything by but what it is told to block: what leaves is then the loop's own doing."""

    def __init__(self, block: str = "\0", broken: bool = False) -> None:
        self.held, self.block, self.broken = "", block, broken

    async def guard(self) -> Letting:
        return Letting(self.block, self.broken)

    def sentences(self, chunk: str) -> Sequence[str]:
        *whole, self.held = re.split(r"(?<=[.?:!]) ", self.held + chunk)
        return whole

    def rest(self) -> Sequence[str]:
        left, self.held = self.held, ""
        return [left] if left else []

    def check(self, sentence: str) -> Verdict:
        if self.broken:
            raise RuntimeError("a fault")
        if self.block in sentence:
            return blocked("told to")
        return Verdict(Kind.PASSES, (Plain(sentence, 0, len(sentence)),))


def spoke(*sentences: str) -> list[Delta]:
    return [Spoke(text=it) for it in re.findall(r"\S+\s*", " ".join(sentences))]


def called(name: str, **arguments: Any) -> Called:
    return Called(id="1", name=name, arguments=json.dumps(arguments))


async def asked(
    *turns: Sequence[Delta],
    question: str = QUESTION,
    guards: Any = None,
    limits: Limits | None = None,
    chat: Any = None,
    chosen: Sequence[str] = (),
) -> tuple[Answer, MemoryChat, list[Event]]:
    texts_store, chat, told = scripture(), chat or MemoryChat(*turns), []
    asking, trace = Asking(texts_store, SEARCH), Trace()
    model = Model(chat=chat, guards=guards or Letting(), limits=limits or Limits())
    translations = await asking.chosen(chosen)
    plan = await asking.plan(question, translations, trace)
    job = Job(
        begin=Begin(question=question),
        plan=plan,
        translations=translations,
        trace=trace,
        tell=told.append,
    )
    answering = Answering(asking, texts_store, SEARCH, model)
    return await answering.answer(job), chat, told


def said(answer: Answer) -> list[str]:
    return [each.text for each in answer.parts if isinstance(each, Said)]


def dropped(answer: Answer) -> str:
    return "\n".join(f"{it.kind}: {it.what}: {it.detail}" for it in answer.trace)


async def test_a_true_sentence_leaves_with_the_servers_words() -> None:
    answer, chat, told = await asked(spoke(TRUE))
    assert answer.by is By.MODEL
    assert said(answer) == ["God so loved that he gave his only Son."]
    quote = next(each for each in answer.parts if isinstance(each, Quote))
    assert quote.verses[0].text == texts()["kjv"][43003016]
    assert [each for each in told if isinstance(each, Said | Quote)] == list(answer.parts)
    assert answer.trace[-1].kind == "ask"
    assert QUESTION in str(chat.asked[0])


@pytest.mark.parametrize(
    ("sentence", "why"),
    [
        ("God has many sons, as all know.", "points at no passage"),
        ("The moon is made of cheese [[JHN.3.16]].", "support"),
        ("He loved the world [[JHN.3.99]].", "there is no such passage"),
        ("He loved the world [[PSA.151]].", "there is no such passage"),
        ("He loved the world [[REV.1.1]].", "it was not found before"),
        ("He loved the world, as Genesis 3:1 says [[JHN.3.16]].", "that was not found"),
        ("He loved the world [[JHN.3.16; DROP TABLE]].", "there is no such passage"),
        ("He loved the world [[<script>]].", "there is no such passage"),
    ],
)
async def test_a_lie_does_not_leave_and_the_trace_says_so(sentence: str, why: str) -> None:
    answer, _, told = await asked(spoke(sentence, TRUE))
    assert said(answer) == ["God so loved that he gave his only Son."]
    assert why in dropped(answer)
    alone, _, told = await asked(spoke(sentence))
    assert alone.by is By.PASSAGES
    assert not said(alone)
    assert not [each for each in told if isinstance(each, Said)]


async def test_half_a_token_is_none() -> None:
    answer, _, _ = await asked(spoke("He loved the world [[JHN.3.16"))
    assert not said(answer)


async def test_what_the_guard_blocks_or_fails_on_does_not_leave() -> None:
    answer, _, _ = await asked(
        spoke("God hates it all [[JHN.3.16]].", TRUE), guards=Letting("hate")
    )
    assert len(said(answer)) == 1
    assert "told to" in dropped(answer)
    answer, _, _ = await asked(spoke(TRUE), guards=Letting(broken=True))
    assert (answer.by, said(answer)) == (By.PASSAGES, [])
    assert "the guard failed" in dropped(answer)


async def test_without_a_guard_no_model_is_asked() -> None:
    answer, chat, _ = await asked(spoke(TRUE), guards=NoGuards())
    assert answer.by is By.PASSAGES
    assert not chat.asked
    assert any("guard" in each for each in answer.notes)
    none = MemoryChat()
    none.known = False
    answer, _, _ = await asked(chat=none, guards=NoGuards())
    assert not any("guard" in each for each in answer.notes)


async def test_what_leads_on_leaves_with_what_it_leads_to() -> None:
    answer, _, _ = await asked(spoke("What did he do? See:", TRUE, "What else?"))
    assert said(answer)[:2] == ["What did he do?", "See:"]
    assert len(said(answer)) == 3


async def test_no_sentence_is_said_twice() -> None:
    answer, _, _ = await asked(spoke(*[TRUE] * 10))
    assert len(answer.parts) == 2


async def test_a_question_that_compares_translations_is_shown_all_of_them() -> None:
    question = "how do the translations of John 3:16 differ about the love of the world"
    answer, _, told = await asked(spoke(TRUE), question=question)
    quotes = [each for each in answer.parts if isinstance(each, Quote)]
    assert [each.translation for each in quotes] == ["kjv", "asv"]
    assert [each for each in told if isinstance(each, Quote)] == quotes


async def test_tools_find_more_evidence() -> None:
    turns = (
        [called("look_up_reference", reference="Jonah 1:17"), Used(tokens=9)],
        spoke("A great fish swallowed Jonah [[JON.1.17]]."),
    )
    answer, chat, _ = await asked(*turns)
    assert said(answer) == ["A great fish swallowed Jonah."]
    assert "look_up_reference" in dropped(answer)
    told = chat.asked[1][-1]
    assert (told["role"], "JON.1.17" in told["content"]) == ("tool", True)


@pytest.mark.parametrize(
    ("name", "arguments", "finds"),
    [
        ("search", {"query": "swallowed by a fish"}, "JON.1.17"),
        ("context", {"reference": "John 3:16"}, "JHN.3.12-20"),
        ("compare_translations", {"reference": "JHN.3.16"}, "JHN.3.16"),
        ("look_up_reference", {"reference": "Psalm 23"}, "PSA.23.1-6"),
        ("cross_references", {"reference": "John 3:16"}, "no source of cross-references"),
        ("topic", {"subject": "love"}, "no topical work"),
        ("word_study", {"number": "G26"}, "no text with numbers"),
        ("word_study", {"number": "G26; x"}, "not as described"),
        ("look_up_reference", {"reference": "John 3:99"}, "no such passage"),
        ("look_up_reference", {"reference": "x" * 301}, "not as described"),
        ("search", {"query": "fish", "owner": "esther"}, "not as described"),
        ("search", {}, "not as described"),
        ("delete_everything", {}, "no such tool"),
        ("search", {"query": "w" * 9_000}, "more than 4000"),
    ],
)
async def test_each_tool_answers_or_says_why_not(
    name: str, arguments: dict[str, str], finds: str
) -> None:
    _, chat, _ = await asked([called(name, **arguments)])
    assert finds in chat.asked[1][-1]["content"]


@pytest.mark.parametrize("arguments", ["", "{", "[]", "null", "[" * 5_000, '{"query": "\ud800"}'])
async def test_arguments_that_are_garbage(arguments: str) -> None:
    _, chat, _ = await asked([Called(id="1", name="search", arguments=arguments)], spoke(TRUE))
    assert "cannot be done" in chat.asked[1][-1]["content"]


async def test_a_loop_of_tools_ends() -> None:
    same = [called("search", query="fish")]
    answer, chat, _ = await asked(*[same] * 50)
    assert len(chat.asked) == Limits().steps
    assert answer.by is By.PASSAGES
    assert ENOUGH in answer.notes
    assert SEARCH.asked.count("fish") == 1
    many = [called("search", query=f"fish {it}") for it in range(50)]
    _, chat, _ = await asked(many)
    assert len(chat.asked[1][-5]["tool_calls"]) == Limits().calls


async def test_what_never_ends_is_ended() -> None:
    class Endless(MemoryChat):
        async def turn(self, *_: Any, **__: Any) -> Any:
            self.asked.append([])
            while True:
                yield Spoke(text="more and more and ")

    answer, _, _ = await asked(chat=Endless())
    assert (answer.by, answer.notes[-1]) == (By.PASSAGES, ENOUGH)
    answer, _, _ = await asked(
        spoke(*[f"God so loved the world, number {it} [[JHN.3.16]]." for it in range(500)])
    )
    assert answer.by is By.MODEL
    assert len(said(answer)) == Limits().sentences
    assert ENOUGH in answer.notes


async def test_time_ends_it() -> None:
    answer, _, _ = await asked(spoke(TRUE), limits=Limits(seconds=0))
    assert (answer.by, answer.notes[-1]) == (By.PASSAGES, ENOUGH)


async def test_tokens_end_it() -> None:
    turn = [called("search", query="fish"), Used(tokens=9_000)]
    answer, chat, _ = await asked(turn, spoke(TRUE))
    assert len(chat.asked) == 1
    assert ENOUGH in answer.notes


async def test_a_model_that_is_away_leaves_the_passages() -> None:
    class Gone(MemoryChat):
        async def turn(self, *_: Any, **__: Any) -> Any:
            from rackhouse.kit.web.problem import Away

            for each in spoke(TRUE, "And then he"):
                yield each
            raise Away("the language model is away: it broke off")

    answer, _, _ = await asked(chat=Gone())
    assert answer.by is By.MODEL  # what was said before is true still
    assert answer.notes[-1] == AWAY
    assert len(said(answer)) == 1


async def test_not_found_by_the_model_shows_the_passages_and_says_so() -> None:
    answer, _, told = await asked(spoke("[[NOT FOUND]]"))
    assert answer.by is By.PASSAGES
    assert any("found no answer" in each for each in answer.notes)
    assert not [each for each in told if isinstance(each, Restart)]


async def test_passages_alone_are_no_answer_of_a_model() -> None:
    answer, _, told = await asked(spoke("[[JHN.3.16]]"))
    assert answer.by is By.PASSAGES
    assert [each for each in told if isinstance(each, Restart)]


async def test_what_is_found_is_fenced_by_a_word_nobody_knows() -> None:
    _, one, _ = await asked(spoke(TRUE))
    _, other, _ = await asked(spoke(TRUE))
    fences = [re.findall(r"<<[0-9a-f]{16}>>", it.asked[0][1]["content"]) for it in (one, other)]
    assert all(len(each) == 2 for each in fences)
    assert fences[0] != fences[1]


async def test_unanswerable_stays_unanswered_with_a_model_that_makes_it_up() -> None:
    answer, _, _ = await asked(
        spoke("A bicycle tube is repaired with a patch [[GEN.1.1]]."),
        question="how do I repair a bicycle tube",
    )
    assert answer.outcome is Outcome.NOT_FOUND
    assert not said(answer)
