"""Exact answers given again, over real HTTP; and what replicas share, in a real Valkey."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes.models.desk import Desk, desk
from fakes.stores import valkey
from rackhouse.services.gateway.store import answers


@pytest.fixture(scope="module")
def _door() -> Iterator[Desk]:
    with desk(("only",), named={"cache": 60.0}) as one:
        yield one


@pytest.fixture
def door(_door: Desk) -> Desk:
    return _door.fresh()


def test_the_same_question_is_asked_once_and_noted_as_given_again(door: Desk) -> None:
    first, second = door.chat("What was made?"), door.chat("What was made?")
    assert [each.headers["x-rackhouse-cache"] for each in (first, second)] == ["miss", "hit"]
    assert first.content == second.content
    assert len(door.scripts["only"].asked) == 1


def test_a_stream_is_played_again(door: Desk) -> None:
    assert door.stream("Who said so?") == door.stream("Who said so?")
    assert len(door.scripts["only"].asked) == 1


def test_a_client_may_ask_for_an_answer_of_its_own(door: Desk) -> None:
    body = {"model": "chat", "messages": [{"role": "user", "content": "Who asks?"}]}
    for _ in range(2):
        answer = door.client.post(
            "/v1/chat/completions", json=body, headers={"cache-control": "no-store"}
        )
        assert "x-rackhouse-cache" not in answer.headers
    assert len(door.scripts["only"].asked) == 2


@pytest.mark.slow
async def test_a_shelf_holds_for_its_time_and_a_killed_one_fails_nobody(tmp_path: Path) -> None:
    clock = [100.0]
    with valkey(tmp_path) as server:
        async with answers.connected(server.url) as redis:
            one = answers.Shelf(redis, "one:", patience=20.0, now=lambda: clock[0])
            two = answers.Shelf(redis, "two:", patience=20.0)
            await one.put(b"key", b"said", 60.0)
            assert (await one.get(b"key"), await two.get(b"key")) == (b"said", None)
            await one.put(b"gone", b"said", 0.001)
            while await one.get(b"gone") is not None:
                pass
            server.kill()
            assert await one.get(b"key") is None
            server.start()
            again = answers.Shelf(redis, "one:", patience=20.0)
            await again.put(b"key", b"said", 60.0)
            assert await one.get(b"key") is None  # it is left alone for a while
            clock[0] += 5.0
            assert await one.get(b"key") == b"said"
