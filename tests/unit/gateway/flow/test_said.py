"""Two halves of an answer, by two upstreams, are read as one."""

from __future__ import annotations

import json

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from rackhouse.services.gateway.model.call import Call, Caller, Task, Usage
from rackhouse.services.gateway.model.config import Kind, Upstream
from rackhouse.services.gateway.service.flow.said import Said, Seam, onward, overlap

WORDS = st.lists(st.text("abcdefghij", min_size=4, max_size=8), min_size=2, unique=True)


def call(**more: object) -> Call:
    payload = {"messages": [{"role": "user", "content": "?"}], "prompt": "Once", **more}
    return Call(
        id="1", caller=Caller(key="k"), task=Task.CHAT, model="m", payload=payload, answer=50
    )


def chunk(text: str = "", finish: str | None = None, id: str = "one") -> bytes:
    delta = {"content": text} if text else {}
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return b"data: " + msgspec.json.encode({"id": id, "choices": [choice]}) + b"\n\n"


def after(text: str) -> Said:
    said = Said(call())
    said.read(chunk(text))
    return said


def joined(said: Said, pieces: list[str]) -> str:
    seam = Seam(said, Usage())
    told = [seam.join(chunk(each, id="two")) for each in pieces]
    told += [seam.join(chunk(finish="stop", id="two"))]
    events = [json.loads(each[6:]) for each in told if each]
    assert {each["id"] for each in events} == {"one"}
    assert events[-1]["choices"][0]["finish_reason"] == "stop"
    return said.text + "".join(e["choices"][0]["delta"].get("content", "") for e in events)


@given(WORDS, st.data())
def test_what_is_said_again_is_said_once_however_it_is_cut(
    words: list[str], data: st.DataObject
) -> None:
    text = " ".join(words)
    broke = data.draw(st.integers(1, len(text)))
    starts = [i for i in range(broke) if i == 0 or text[i - 1] == " "]
    long_enough = [i for i in starts if broke - i >= 4]
    begin = data.draw(st.sampled_from([broke, *long_enough]))
    rest = text[begin:]
    size = data.draw(st.integers(1, 7))
    pieces = [rest[i : i + size] for i in range(0, len(rest), size)]
    assert joined(after(text[:broke]), pieces) == text


@given(st.text("ab ", max_size=30), st.text("ab ", max_size=30))
def test_the_overlap_is_an_end_and_a_beginning(said: str, more: str) -> None:
    length = overlap(said, more)
    assert said.endswith(more[:length])


def test_words_that_are_not_an_answers_text_are_not_gone_on_with() -> None:
    said = after("It is ")
    tool = {"index": 0, "delta": {"tool_calls": [{"index": 0}]}}
    said.read(b"data: " + msgspec.json.encode({"choices": [tool]}) + b"\n\n")
    assert not said.whole
    second = after("It is ")
    second.read(b'data: {"choices":[{"index":1,"delta":{"content":"another"}}]}\n\n')
    assert not second.whole


def test_the_rest_is_asked_for_as_each_kind_understands_it() -> None:
    said = after("In the beginning")
    beginning = {"role": "assistant", "content": "In the beginning"}
    for kind in (Kind.OLLAMA, Kind.VLLM, Kind.LLAMA_CPP):
        asked = onward(call(), said, Upstream(name="u", kind=kind, model="m"))
        assert asked.payload["messages"][-1] == beginning
    asked = onward(call(), said, Upstream(name="u", kind=Kind.OPENAI, model="m"))
    assert asked.payload["messages"][-2] == beginning
    assert asked.payload["messages"][-1]["role"] == "user"
    assert (asked.answer, asked.prompt > len("In the beginning")) == (49, True)


def test_nothing_said_is_asked_for_as_at_first() -> None:
    first = call()
    assert onward(first, Said(first), Upstream(name="u", kind=Kind.OPENAI, model="m")) is first


def test_a_beginning_that_was_held_back_is_not_lost_at_the_end() -> None:
    assert joined(after("one two three "), ["one"]) == "one two three one"


def test_the_count_is_of_all_who_answered() -> None:
    count = {"prompt_tokens": 30, "completion_tokens": 5, "total_tokens": 35}
    told = b"data: " + msgspec.json.encode({"id": "two", "choices": [], "usage": count}) + b"\n\n"
    seam = Seam(after("Once upon"), Usage(input=20, output=2, known=True))
    assert json.loads(seam.join(told)[6:])["usage"] == {
        "prompt_tokens": 50,
        "completion_tokens": 7,
        "total_tokens": 57,
    }
    assert json.loads(Seam(after("Once upon"), Usage()).join(told)[6:])["usage"] == count
