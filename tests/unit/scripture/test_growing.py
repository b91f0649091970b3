"""It answers with a part of its texts while the rest is imported, and with all of them then."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rackhouse.kit.errors import HostError
from rackhouse.services.scripture.growing import Growing
from rackhouse.services.scripture.store import imports
from rackhouse.services.scripture.store.drafts import Taken
from rackhouse.services.scripture.store.origin import Origin
from unit.scripture.store.bible import ABOUT, CLEAN


def app(said: list[str], name: str) -> ASGIApp:
    async def answer(_: Scope, __: Receive, ___: Send) -> None:
        said.append(name)

    return answer


async def nothing(_: Message | None = None) -> Message:
    return {}


async def test_all_is_there_where_it_is_soon(tmp_path: Path) -> None:
    del tmp_path
    said: list[str] = []
    await Growing(lambda: app(said, "whole"), lambda: app(said, "part"))({}, nothing, nothing)
    assert said == ["whole"]


async def test_a_part_answers_until_all_is_there() -> None:
    said: list[str] = []
    go = threading.Event()
    parts = iter([None, app(said, "part")])

    def whole() -> ASGIApp:
        go.wait()
        return app(said, "whole")

    growing = Growing(whole, lambda: next(parts), patience=0)
    await growing({}, nothing, nothing)
    go.set()
    while said[-1] != "whole":
        await asyncio.sleep(0.01)
        await growing({}, nothing, nothing)
    assert said[0] == "part"


def test_what_goes_wrong_at_the_start_is_raised() -> None:
    def fails() -> ASGIApp:
        raise HostError("no", where="here", fix="mend it")

    with pytest.raises(HostError, match="no"):
        Growing(fails, lambda: None)


async def test_what_goes_wrong_later_leaves_the_part(caplog: pytest.LogCaptureFixture) -> None:
    said: list[str] = []
    go = threading.Event()

    def fails() -> ASGIApp:
        go.wait()
        raise HostError("no", where="here", fix="mend it")

    growing = Growing(fails, lambda: app(said, "part"), patience=0)
    go.set()
    while "is not served" not in caplog.text:
        await asyncio.sleep(0.01)
    await growing({}, nothing, nothing)
    assert said == ["part"]


def test_a_part_is_what_was_written_with_the_first_of_all(tmp_path: Path) -> None:
    def origin(id: str) -> Origin:
        about = ABOUT.__class__(id=id, name=id, language="en", licence=ABOUT.licence)
        return Origin(about=about, stamp="1", take=lambda: Taken(CLEAN))

    one, two, three = origin("one"), origin("two"), origin("three")
    assert imports.there(tmp_path, [one, two]) == ()
    imports.kept(tmp_path, [one, two])
    assert [it.about.id for it in imports.there(tmp_path, [one, two, three])] == ["one", "two"]
    assert [it.about.id for it in imports.there(tmp_path, [two, three])] == ["two"]
    assert imports.there(tmp_path, [three, one]) == ()
