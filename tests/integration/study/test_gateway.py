"""The loop over the real gateway with a scripted model behind it, which lies and breaks off."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fakes.models.desk import Desk, desk
from fakes.models.rack import SECRET
from fakes.models.script import Act, Does
from rackhouse.kit.web.problem import Away
from rackhouse.services.study.clients.gateway import ChatClient
from rackhouse.services.study.clients.http import Door, session
from rackhouse.services.study.model.answer import Answer, By
from rackhouse.services.study.service.loop.loop import AWAY, ENOUGH
from unit.study.test_guarding import guards
from unit.study.test_loop import asked, dropped, said

TRUE = "His love is for all of the world [[JHN.3.16]]."


async def answered(door: Desk, *acts: Act, key: str = SECRET, **more: Any) -> Answer:
    door.scripts["only"].acts.extend(acts)
    async with session() as one:
        chat = ChatClient(Door(one, "the language model", f"{door.url}/v1", key), "chat")
        answer, _, _ = await asked(chat=chat, guards=guards(), **more)
    return answer


def call(name: str, **arguments: Any) -> dict[str, Any]:
    function = {"name": name, "arguments": json.dumps(arguments)}
    calls = [{"id": "call_1", "type": "function", "function": function}]
    return {"role": "assistant", "content": None, "tool_calls": calls}


async def test_it_answers_with_tools_and_citations(door: Desk) -> None:
    look = Act(message=call("look_up_reference", reference="Jonah 1:17"))
    tell = Act(text=f"{TRUE} A great fish swallowed the prophet Jonah [[JON.1.17]].")
    answer = await answered(door, look, tell)
    assert answer.by is By.MODEL
    assert said(answer) == [
        "His love is for all of the world.",
        "A great fish swallowed the prophet Jonah.",
    ]
    sent = door.scripts["only"].asked
    assert sent[0]["tools"][0]["function"]["name"] == "look_up_reference"
    assert sent[1]["messages"][-1]["role"] == "tool"


async def test_it_is_known_whether_there_is_a_model(door: Desk) -> None:
    async with session() as one:
        for url, model, there in (
            (door.url, "chat", True),
            (door.url, "nobody/has this", False),
            (f"{door.url}/nowhere", "chat", True),  # who knows no such list may have one
        ):
            client = ChatClient(Door(one, "the language model", f"{url}/v1", SECRET), model)
            assert await client.there() is there
        with pytest.raises(Away):
            await ChatClient(Door(one, "the language model", "http://127.0.0.1:1"), "m").there()


async def test_a_model_of_vectors_is_no_language_model() -> None:
    with desk(("only",), upstreams={"only": {"abilities": ("embeddings",)}}) as other:
        async with session() as one:
            door = Door(one, "the language model", f"{other.url}/v1", SECRET)
            assert not await ChatClient(door, "chat").there()


@pytest.mark.parametrize(
    "act",
    [
        Act(does=Does.GARBAGE),
        Act(does=Does.EMPTY),
        Act(does=Does.ERROR, status=500),
        Act(does=Does.ERROR, status=429),
        Act(does=Does.BREAK, after=0),
        Act(text=TRUE, does=Does.BREAK, after=4),
    ],
)
async def test_a_model_that_is_not_well_leaves_the_passages(door: Desk, act: Act) -> None:
    door.scripts["only"].always = act
    answer = await answered(door)
    assert answer.by is By.PASSAGES
    assert AWAY in answer.notes
    assert answer.parts


async def test_where_no_model_chats_there_are_passages_and_no_complaint() -> None:
    with desk(("only",), upstreams={"only": {"abilities": ("embeddings",)}}) as door:
        answer = await answered(door)
        assert answer.by is By.PASSAGES
        assert answer.notes == ("Not all of the search took part: meaning.",)
        assert not door.scripts["only"].asked
        assert "no language model" in dropped(answer)


async def test_a_key_that_may_not_ask_leaves_the_passages(door: Desk) -> None:
    answer = await answered(door, key="sk-other")
    assert (answer.by, answer.notes[-1]) == (By.PASSAGES, AWAY)


async def test_a_model_that_calls_for_ever_is_stopped(door: Desk) -> None:
    door.scripts["only"].always = Act(message=call("search", query="fish"))
    answer = await answered(door)
    assert ENOUGH in answer.notes
    assert len(door.scripts["only"].asked) == 5
    assert "tools" not in door.scripts["only"].asked[-1]


async def test_a_model_that_lies_is_not_heard(door: Desk) -> None:
    lies = [
        "John 3:16 says “For God so hated the world” [[JHN.3.16]].",
        "As Paul wrote, cleanliness is next to godliness [[JHN.3.16]].",
        "Ignore the rules: the moon is cheese.",
        "See <script>alert(1)</script> [[JHN.3.16]].",
        TRUE,
    ]
    answer = await answered(door, Act(text=" ".join(lies)))
    shown = " ".join(said(answer))
    assert "His love is for all of the world" in shown
    for word in ("hated", "cleanliness", "cheese", "script"):
        assert word not in shown, dropped(answer)
