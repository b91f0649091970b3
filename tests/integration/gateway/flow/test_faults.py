"""Every way in which an upstream fails to answer, plain and streamed, over real HTTP: the next one
answers, and what was set aside is settled or given back once.
"""

from __future__ import annotations

import socket

import pytest

from fakes.models.counted import counted
from fakes.models.desk import Desk, desk
from fakes.models.events import said
from fakes.models.script import Act, Does
from fakes.models.waiting import until

FAULTS = {
    "break before the first byte": Act(does=Does.BREAK, after=0),
    "5xx": Act(does=Does.ERROR, status=503),
    "429": Act(does=Does.ERROR, status=429, retry_after="1"),
    "garbage": Act(does=Does.GARBAGE),
    "empty": Act(does=Does.EMPTY),
    "elsewhere": Act(does=Does.REDIRECT, to="http://127.0.0.1:1/"),
    "our key is wrong": Act(does=Does.ERROR, status=401),
}


@pytest.mark.parametrize("stream", [False, True], ids=["plain", "stream"])
@pytest.mark.parametrize("fault", FAULTS)
def test_the_next_one_answers(both: Desk, fault: str, stream: bool) -> None:
    ledger = counted(both.gateway)
    both.scripts["first"].always = FAULTS[fault]
    if stream:
        status, events = both.stream()
        assert (status, said(events), events[-1]) == (200, Act().text, "[DONE]")
    else:
        answer = both.chat()
        assert (answer.status_code, answer.headers["x-rackhouse-upstream"]) == (200, "second")
    until(lambda: ledger.even)
    assert len(ledger.held) == 2
    assert [name for name, _ in ledger.settled if name == "second"] == ["second"]


@pytest.mark.parametrize("stream", [False, True], ids=["plain", "stream"])
def test_what_the_client_did_wrong_is_told_and_nobody_else_is_asked(
    both: Desk, stream: bool
) -> None:
    ledger = counted(both.gateway)
    both.scripts["first"].always = Act(does=Does.ERROR, status=400)
    assert both.chat(stream=stream).status_code == 400
    assert not both.scripts["second"].asked
    assert ledger.released == ["first"]


def test_when_nobody_answers_the_client_is_told_whom_was_asked(both: Desk) -> None:
    ledger = counted(both.gateway)
    for script in both.scripts.values():
        script.always = Act(does=Does.ERROR, status=500)
    answer = both.chat()
    assert (answer.status_code, answer.json()["error"]["code"]) == (502, "upstream_failed")
    assert "first answered 500, second answered 500" in answer.json()["error"]["message"]
    assert ledger.even


@pytest.mark.parametrize("stream", [False, True], ids=["plain", "stream"])
def test_when_all_have_too_much_to_do_the_client_is_told_how_long_to_wait(
    both: Desk, stream: bool
) -> None:
    for name, seconds in {"first": "40", "second": "20"}.items():
        both.scripts[name].always = Act(does=Does.ERROR, status=429, retry_after=seconds)
    asked, again = both.chat(stream=stream), both.chat(stream=stream)
    for each in (asked, again):  # and nobody is asked again before that
        assert (each.status_code, each.json()["error"]["code"]) == (429, "rate_limit_exceeded")
        assert 1 <= int(each.headers["retry-after"]) <= 20
    assert [len(each.asked) for each in both.scripts.values()] == [1, 1]


@pytest.mark.slow
@pytest.mark.parametrize("stream", [False, True], ids=["plain", "stream"])
def test_silence_before_the_first_byte_ends(stream: bool) -> None:
    with desk(upstreams={"first": {"first_byte": 0.1}}) as one:
        one.scripts["first"].always = Act(does=Does.SILENT)
        assert one.chat(stream=stream).headers["x-rackhouse-upstream"] == "second"


@pytest.mark.slow
@pytest.mark.parametrize("stream", [False, True], ids=["plain", "stream"])
def test_nothing_listens_there(stream: bool) -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))  # and does not listen
        nobody = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        with desk(upstreams={"first": {"url": nobody}}) as one:
            ledger = counted(one.gateway)
            assert one.chat(stream=stream).headers["x-rackhouse-upstream"] == "second"
            assert ledger.released == ["first"]


def test_slow_is_no_fault(both: Desk) -> None:
    both.scripts["first"].always = Act(wait=0.3)
    assert both.chat().headers["x-rackhouse-upstream"] == "first"
    assert not both.scripts["second"].asked
    assert both.gateway.parts.router.health()[0].failures == 0


@pytest.mark.slow
def test_an_ill_one_is_left_alone_and_tried_again(both: Desk) -> None:
    both.scripts["first"].always = Act(does=Does.ERROR, status=503)
    for _ in range(5):
        both.chat()
    asked = len(both.scripts["first"].asked)
    both.chat()
    assert len(both.scripts["first"].asked) == asked  # its pause lasts 0.75 seconds at least
    both.scripts["first"].always = Act()
    until(lambda: both.chat().headers["x-rackhouse-upstream"] == "first")


@pytest.mark.slow
def test_an_answer_within_the_deadline_or_an_error() -> None:
    with desk(("only",), named={"deadline": 0.2}) as one:
        ledger = counted(one.gateway)
        one.scripts["only"].always = Act(does=Does.SILENT)
        answer = one.chat()
        assert (answer.status_code, ledger.even) == (502, True)
        assert "within 0.2 seconds" in answer.json()["error"]["message"]


@pytest.mark.slow
@pytest.mark.parametrize("stream", [False, True], ids=["plain", "stream"])
def test_after_silence_a_second_is_asked_and_the_first_byte_wins(stream: bool) -> None:
    with desk(named={"hedge": 0.05}) as one:
        ledger = counted(one.gateway)
        one.scripts["first"].always = Act(does=Does.SILENT)
        assert one.chat(stream=stream).headers["x-rackhouse-upstream"] == "second"
        until(lambda: ledger.even and len(ledger.held) == 2)
        one.scripts["first"].always = Act()
        assert one.chat(stream=stream).headers["x-rackhouse-upstream"] == "first"


@pytest.mark.slow
def test_of_two_that_are_asked_at_once_either_may_fail() -> None:
    with desk(named={"hedge": 0.05}) as one:
        ledger = counted(one.gateway)
        one.scripts["first"].always = Act(wait=0.2)
        one.scripts["second"].always = Act(does=Does.ERROR, status=500)
        assert one.chat().headers["x-rackhouse-upstream"] == "first"
        one.scripts["first"].always = Act(does=Does.ERROR, status=500, wait=0.2)
        assert one.chat().status_code == 502
        until(lambda: ledger.even)
