"""Streams that break off in their midst, and clients that go away, over real HTTP."""

from __future__ import annotations

import json

import httpx
import pytest

from fakes.models.counted import counted
from fakes.models.desk import Desk, desk
from fakes.models.events import chunks, said
from fakes.models.script import Act, Does
from fakes.models.waiting import until

TEXT = Act().text
TOOL = {"id": "call-1", "type": "function", "function": {"name": "look", "arguments": "{}"}}
CALLS = {"role": "assistant", "content": None, "tool_calls": [TOOL]}


@pytest.mark.parametrize("after", range(2, 10))
def test_the_next_one_goes_on_with_what_was_said(both: Desk, after: int) -> None:
    ledger = counted(both.gateway)
    words = TEXT.split(" ")
    rest = "".join(f" {word}" for word in words[after - 1 :])
    both.scripts["first"].always = Act(does=Does.BREAK, after=after)
    both.scripts["second"].always = Act(text=rest.lstrip())
    status, events = both.stream()
    assert (status, said(events), events[-1]) == (200, TEXT, "[DONE]")
    assert ": rackhouse continued by second" in events
    beginning = both.scripts["second"].asked[0]["messages"][1]
    assert beginning == {"role": "assistant", "content": TEXT[: len(beginning["content"])]}
    assert len({each["id"] for each in chunks(events)}) == 1
    assert sum("role" in each["choices"][0]["delta"] for each in chunks(events)) == 1
    until(lambda: ledger.even)
    assert [name for name, _ in ledger.settled] == ["first", "second"]


def test_a_client_that_counts_is_told_what_the_ledger_was(both: Desk) -> None:
    ledger = counted(both.gateway)
    both.scripts["first"].always = Act(does=Does.BREAK, after=4)
    _, events = both.stream(stream_options={"include_usage": True})
    (count,) = [each["usage"] for each in chunks(events) if each.get("usage")]
    until(lambda: ledger.even)
    used = [usage for _, usage in ledger.settled if usage.known]
    assert count["prompt_tokens"] == sum(each.input for each in used)
    assert count["completion_tokens"] == sum(each.output for each in used)


@pytest.mark.parametrize("again", [TEXT, "God created the heaven and the earth."])
def test_words_that_are_said_again_are_taken_away(both: Desk, again: str) -> None:
    both.scripts["first"].always = Act(does=Does.BREAK, after=6)
    both.scripts["second"].always = Act(text=again)
    assert said(both.stream()[1]) == TEXT


def test_a_tool_call_in_the_middle_is_not_gone_on_with(both: Desk) -> None:
    ledger = counted(both.gateway)
    both.scripts["first"].always = Act(does=Does.BREAK, after=2, message=CALLS)
    status, events = both.stream()
    assert json.loads(events[-1])["error"]["code"] == "upstream_failed"
    assert (status, both.scripts["second"].asked) == (200, [])
    until(lambda: ledger.even)


def test_a_client_that_allows_it_is_told_that_it_begins_anew(both: Desk) -> None:
    both.client.headers["x-rackhouse-restart"] = "allow"
    try:
        both.scripts["first"].always = Act(does=Does.BREAK, after=2, message=CALLS)
        _, events = both.stream()
    finally:
        del both.client.headers["x-rackhouse-restart"]
    told = [each for each in chunks(events) if "rackhouse" in each]
    assert [each["rackhouse"] for each in told] == [{"restarted_by": "second"}]
    assert said(events[events.index(json.dumps(told[0], separators=(",", ":"))) :]) == TEXT


@pytest.mark.slow
@pytest.mark.parametrize("on_break", ["error", "restart"])
def test_as_the_model_declares_it_ends_with_an_error(on_break: str) -> None:
    with desk(named={"on_break": on_break}) as one:
        one.scripts["first"].always = Act(does=Does.BREAK, after=4)
        _, events = one.stream()
        assert "broke off" in json.loads(events[-1])["error"]["message"]
        assert not one.scripts["second"].asked


@pytest.mark.parametrize("after", [0, 1])
def test_before_the_first_word_another_answers_whatever_is_asked_for(
    both: Desk, after: int
) -> None:
    both.scripts["first"].always = Act(does=Does.BREAK, after=after, message=CALLS)
    both.scripts["second"].always = Act(message=CALLS)
    _, events = both.stream(response_format={"type": "json_object"})
    told = [each["choices"][0]["delta"] for each in chunks(events) if each.get("choices")]
    assert [each["tool_calls"][0]["id"] for each in told if "tool_calls" in each] == ["call-1"]
    assert events[-1] == "[DONE]"


def test_nobody_is_left_to_go_on(both: Desk) -> None:
    ledger = counted(both.gateway)
    both.scripts["first"].always = Act(does=Does.BREAK, after=4)
    both.scripts["second"].always = Act(does=Does.ERROR)
    _, events = both.stream()
    assert said(events) == "In the beginning "
    assert json.loads(events[-1])["error"]["code"] == "upstream_failed"
    until(lambda: ledger.even)


@pytest.mark.slow
def test_the_one_who_goes_on_may_break_off_as_well() -> None:
    with desk(("first", "second", "third")) as one:
        ledger = counted(one.gateway)
        one.scripts["first"].always = Act(does=Does.BREAK, after=3)
        one.scripts["second"].always = Act(does=Does.BREAK, after=3, text="beginning God created")
        one.scripts["third"].always = Act(text="created the heaven and the earth.")
        assert said(one.stream()[1]).split() == TEXT.split()
        until(lambda: ledger.even)
        assert len(ledger.held) == 3


def test_a_client_that_goes_away_lets_the_upstream_go(both: Desk) -> None:
    ledger = counted(both.gateway)
    both.scripts["first"].always = Act(pause=0.02, text="word " * 10_000)
    body = {"model": "chat", "stream": True, "messages": [{"role": "user", "content": "?"}]}
    with both.client.stream("POST", "/v1/chat/completions", json=body) as response:
        assert next(response.iter_lines()).startswith("data:")
    until(lambda: both.scripts["first"].left == 1)
    until(lambda: ledger.even)
    assert ledger.settled[0][1].known  # one's own hardware worked no more than was sent
    assert both.gateway.parts.router.health()[0].failures == 0


@pytest.mark.slow
def test_a_client_that_goes_away_before_the_first_byte_is_settled_too() -> None:
    with desk(("only",)) as one:
        ledger = counted(one.gateway)
        one.scripts["only"].always = Act(does=Does.SILENT)
        body = {"model": "chat", "messages": [{"role": "user", "content": "?"}]}
        with pytest.raises(httpx.ReadTimeout):
            one.client.post("/v1/chat/completions", json=body, timeout=0.2)
        until(lambda: ledger.even and ledger.held)
