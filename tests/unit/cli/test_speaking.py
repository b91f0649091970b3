"""Logs of this machine and of clusters as one stream."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import pytest

from rackhouse.cli.speaking import _follow, _without_silent
from rackhouse.kit.errors import Unavailable
from rackhouse.operations.logs import Line


class Enough(Exception):
    """All has been seen that was waited for."""


async def said(unit: str, count: int) -> AsyncGenerator[Line, None]:
    for number in range(count):
        yield Line(unit, str(number))
        await asyncio.sleep(0)
    await asyncio.Event().wait()


async def breaks() -> AsyncGenerator[Line, None]:
    yield Line("hello.web@x", "0")
    raise Unavailable("the cluster is away")


async def test_lines_of_all_come_each_in_its_order() -> None:
    seen: list[Line] = []

    def line(each: Line) -> None:
        seen.append(each)
        if len(seen) == 6:
            raise Enough

    with pytest.raises(Enough):
        await _follow([said("cache", 3), said("hello.web@x", 3)], line)
    for unit in ("cache", "hello.web@x"):
        assert [it.text for it in seen if it.unit == unit] == ["0", "1", "2"]


async def test_the_first_error_ends_it() -> None:
    with pytest.raises(Unavailable, match="is away"):
        await _follow([said("cache", 1), breaks()], lambda line: None)


async def test_what_is_away_is_said_and_left_out_where_everything_is_asked_for(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert [it.text async for it in _without_silent(breaks())] == ["0"]
    assert "the cluster is away\n  the rest is shown without it" in capsys.readouterr().err


async def test_it_ends_when_nobody_is_left_to_speak() -> None:
    seen: list[Line] = []
    await _follow([_without_silent(breaks()), _without_silent(breaks())], seen.append)
    assert [it.text for it in seen] == ["0", "0"]
