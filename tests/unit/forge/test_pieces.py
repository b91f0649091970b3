"""The small pieces of the forge: settings, tries, lanes, and what a terminal is shown."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackhouse.forge.hooks import shown
from rackhouse.forge.lanes import Lanes
from rackhouse.forge.settings import read_settings
from rackhouse.forge.tries import LIMIT, WINDOW, Tries
from rackhouse.kit.errors import UsageError


def test_settings() -> None:
    made = read_settings(["/rack"], {"RACKHOUSE_FORGE_PORT": "8000"})
    assert (made.root, made.port, made.url) == (Path("/rack"), 8000, "")


@pytest.mark.parametrize(
    ("arguments", "environment"),
    [([], {"RACKHOUSE_FORGE_PORT": "1"}), (["x"], {}), (["x"], {"RACKHOUSE_FORGE_PORT": "70000"})],
)
def test_settings_that_are_none(arguments: list[str], environment: dict[str, str]) -> None:
    with pytest.raises(UsageError):
        read_settings(arguments, environment)


def test_an_address_has_some_tries_and_more_with_time() -> None:
    tries = Tries()
    assert [tries.failed("a", 0.0) for _ in range(int(LIMIT))] == [0.0] * int(LIMIT)
    assert tries.failed("a", 0.0) == WINDOW / LIMIT
    assert tries.failed("b", 0.0) == 0.0
    assert tries.failed("a", 0.0) <= 2 * WINDOW / LIMIT  # it does not grow for ever
    assert tries.failed("a", 3 * WINDOW) == 0.0


def test_a_clock_that_goes_back_forgives_nobody_for_ever() -> None:
    tries = Tries()
    for _ in range(100):
        tries.failed("a", 1000.0)
    assert tries.failed("a", 0.0) > 0.0
    assert tries.failed("a", 3 * WINDOW) == 0.0


def test_only_so_many_addresses_are_remembered() -> None:
    tries = Tries()
    for number in range(3000):
        tries.failed(f"{number}", 0.0)
    assert len(tries._full) <= 1024


async def test_lanes_are_left_once_however_often_they_are_left() -> None:
    lanes, order = Lanes(1), []

    async def use(name: str, *, early: bool) -> None:
        async with lanes.one() as leave:
            order.append(name)
            if early:
                leave()
                leave()
                await asyncio.sleep(0.05)

    await asyncio.gather(use("a", early=True), use("b", early=False), use("c", early=False))
    assert order == ["a", "b", "c"]
    async with lanes.one():
        waiting = asyncio.create_task(use("d", early=False))
        await asyncio.sleep(0.01)
        assert not waiting.done()
    await waiting


@pytest.mark.parametrize(
    ("line", "seen"),
    [
        ("plain", "plain"),
        ("\x1b[1;31mred\x1b[0m", "\x1b[1;31mred\x1b[0m"),
        ("\x1b]0;title\x07", "]0;title "),
        ("\x1b[2Jgone", "[2Jgone"),
        ("a\rb\x08c\x9bd", "a b c d"),
        ("tab\tbed", "tab\tbed"),
    ],
)
def test_a_terminal_is_shown_colours_alone(line: str, seen: str) -> None:
    assert shown(line) == seen


@given(st.text())
def test_no_line_breaks_out_of_its_line(text: str) -> None:
    line = shown(text)
    assert "\n" not in line
    assert "\r" not in line
    assert all(c.isprintable() or c in "\t\x1b" for c in line)
