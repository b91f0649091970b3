"""Logs: the end of them, what comes next, and nothing that paints on a terminal."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from rackhouse.kit.errors import Missing
from rackhouse.kit.paths import Paths
from rackhouse.operations import logs
from rackhouse.operations.logs import Line, clean, follow, tail, units_of
from rackhouse.supervisor.logs import rotate


@pytest.fixture
def paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Paths:
    monkeypatch.setattr(logs, "PAUSE", 0.005)
    (tmp_path / "logs").mkdir()
    return Paths(tmp_path)


def write(paths: Paths, unit: str, text: str) -> None:
    with (paths.logs / f"{unit}.log").open("a", encoding="utf-8") as file:
        file.write(text)


def texts(lines: list[Line]) -> list[str]:
    return [line.text for line in lines]


async def take(lines: AsyncIterator[Line], count: int) -> list[str]:
    async with asyncio.timeout(5):
        return [(await anext(lines)).text for _ in range(count)]


def test_the_end_of_a_log(paths: Paths) -> None:
    write(paths, "cache", "".join(f"line {n}\n" for n in range(300)))
    assert texts(tail(paths, ["cache"], 3)) == ["line 297", "line 298", "line 299"]
    assert tail(paths, ["cache"], 0) == []


def test_the_end_of_a_log_longer_than_a_block(paths: Paths) -> None:
    write(paths, "cache", "".join(f"{n:0999}\n" for n in range(200)))
    assert [int(text) for text in texts(tail(paths, ["cache"], 100))] == list(range(100, 200))


def test_a_line_without_an_end_is_shown_at_the_end(paths: Paths) -> None:
    write(paths, "cache", "one\ntwo")
    assert texts(tail(paths, ["cache"])) == ["one", "two"]


def test_elders_are_read_when_the_log_is_young(paths: Paths) -> None:
    (paths.logs / "cache.log.1").write_text("one\ntwo\nthree\n")
    write(paths, "cache", "four\n")
    assert texts(tail(paths, ["cache"], 3)) == ["two", "three", "four"]


def test_an_application_is_all_its_units(paths: Paths) -> None:
    for unit in ("guestbook.web@r2", "guestbook.worker@r2", "guestbooks.web@r1", "cache"):
        write(paths, unit, f"{unit}\n")
    assert units_of(paths, ["guestbook"]) == ["guestbook.web@r2", "guestbook.worker@r2"]
    assert units_of(paths, ["cache", "guestbook", "cache"])[0] == "cache"
    assert len(units_of(paths, [])) == 4


@pytest.mark.parametrize(
    "name",
    [
        "nothing",
        "",
        "..",
        "../store",
        "/etc/passwd",
        "cache/../cache",
        "*",
        "cach?",
        "cache\0",
        ".",
    ],
)
def test_a_name_is_compared_and_never_made_into_a_path(paths: Paths, name: str) -> None:
    write(paths, "cache", "one\n")
    (paths.root / "store.log").write_text("secret")
    with pytest.raises(Missing):
        tail(paths, [name])


def test_a_name_nearly_right_is_helped(paths: Paths) -> None:
    write(paths, "postgres", "one\n")
    with pytest.raises(Missing, match="Did you mean 'postgres'"):
        tail(paths, ["postgers"])


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (b"\x1b[31mred\x1b[0m", "red"),
        (b"a\x00b\x07c\r", "abc"),
        (b"tab\there", "tab\there"),
        ("grüße".encode(), "grüße"),
        (b"\xff\xfe", "\ufffd\ufffd"),
        (b"x" * 5000, "x" * 4096 + " ..."),
    ],
)
def test_lines_are_clean(raw: bytes, shown: str) -> None:
    assert clean(raw) == shown


async def test_follows_what_is_said_next(paths: Paths) -> None:
    write(paths, "cache", "one\ntwo\nthr")
    lines = follow(paths, ["cache"], 1)
    assert await take(lines, 1) == ["two"]
    write(paths, "cache", "ee\nfour\n")
    assert await take(lines, 2) == ["three", "four"]


async def test_follows_across_a_rotation_without_loss(paths: Paths) -> None:
    write(paths, "cache", "x" * 3000 + "\none\n")
    lines = follow(paths, ["cache"], 1)
    assert await take(lines, 1) == ["one"]
    write(paths, "cache", "".join(f"old {n}\n" for n in range(50)))
    assert rotate(paths.logs / "cache.log", limit=1000)
    write(paths, "cache", "new\n")
    assert await take(lines, 51) == [*(f"old {n}" for n in range(50)), "new"]


async def test_when_more_was_written_than_an_elder_holds_it_goes_on_from_there(
    paths: Paths,
) -> None:
    write(paths, "cache", "one\n")
    lines = follow(paths, ["cache"])
    assert await take(lines, 1) == ["one"]
    write(paths, "cache", "".join(f"{n:09}\n" for n in range(50)))
    assert rotate(paths.logs / "cache.log", limit=100)
    assert [int(text) for text in await take(lines, 10)] == list(range(40, 50))


async def test_follows_units_that_are_new(paths: Paths) -> None:
    write(paths, "hello.web@r1", "one\n")
    lines = follow(paths, ["hello"])
    assert await take(lines, 1) == ["one"]
    write(paths, "hello.web@r2", "two\n")
    assert await take(lines, 1) == ["two"]


async def test_a_name_without_a_log_is_told_at_once(paths: Paths) -> None:
    with pytest.raises(Missing):
        await anext(follow(paths, ["cache"]))


async def test_who_is_patient_waits_for_a_name_without_a_log(paths: Paths) -> None:
    lines = follow(paths, ["cache"], patient=True)
    first = asyncio.ensure_future(anext(lines))
    await asyncio.sleep(0.02)
    write(paths, "cache", "one\n")
    async with asyncio.timeout(5):
        assert (await first).text == "one"
