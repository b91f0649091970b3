"""A model of entailment behind the real gateway: its verdict is shown and decides; without it, or
while it is away, the support score does, and is called so.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from fakes.models import desk as desks
from fakes.models import entailing
from fakes.models.desk import Desk, desk
from fakes.models.rack import SECRET
from fakes.models.script import Act, Does
from rackhouse.services.gateway.model.config import Kind
from rackhouse.services.study.clients.gateway import ChatClient
from rackhouse.services.study.clients.http import Door, session
from rackhouse.services.study.model.answer import Answer, Said
from unit.study.test_guarding import guards
from unit.study.test_loop import asked, dropped

SO = "The world that he loved should have everlasting life [[JHN.3.16]]."
NOT_SO = "He loved a distant planet of the world [[JHN.3.16]]."


@pytest.fixture(scope="module")
def judge() -> Iterator[Desk]:
    judging = {"kind": Kind.EMBEDDINGS, "abilities": ("rerank",)}
    usual = desks._SPEAK[Kind.EMBEDDINGS]
    desks._SPEAK[Kind.EMBEDDINGS] = entailing.create
    try:
        with desk(("judge",), upstreams={"judge": judging}) as one:
            yield one
    finally:
        desks._SPEAK[Kind.EMBEDDINGS] = usual


@pytest.fixture(scope="module")
def model() -> Iterator[Desk]:
    with desk(("only",)) as one:
        yield one


async def answered(model: Desk, judge: Desk) -> Answer:
    model.fresh().scripts["only"].acts.append(Act(text=f"{SO} {NOT_SO}"))
    async with session() as one:
        chat = ChatClient(
            Door(one, "the language model", f"{model.url}/v1", SECRET),
            "chat",
            entailment=Door(one, "the model of entailment", f"{judge.url}/v1", SECRET),
            judge="chat",
        )
        answer, _, _ = await asked(chat=chat, guards=guards())
    return answer


def said(answer: Answer) -> list[Said]:
    return [each for each in answer.parts if isinstance(each, Said)]


async def test_what_follows_stands_and_the_verdict_is_shown(model: Desk, judge: Desk) -> None:
    script = judge.fresh().scripts["judge"]
    answer = await answered(model, judge)
    (one,) = said(answer)
    assert one.text.startswith("The world that he loved")
    assert one.entailment is not None
    assert one.entailment > 0.9
    assert one.support is not None
    verdicts = [it for it in dropped(answer).split("\n") if "entailment 0." in it]
    assert [each.partition(":")[0] for each in verdicts] == ["supported", "dropped"]
    assert script.asked[0]["query"].startswith("For God so loved the world")
    assert script.asked[0]["texts"] == [one.text]


async def test_while_it_is_away_the_score_is_a_support_score(model: Desk, judge: Desk) -> None:
    judge.fresh().scripts["judge"].always = Act(does=Does.ERROR, status=500)
    answer = await answered(model, judge)
    assert said(answer)
    assert all(each.entailment is None and each.support is not None for each in said(answer))
    assert "entailment" not in dropped(answer)
