"""Both ends of a hook: the program that git starts, and the forge that answers it."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path

from rackhouse.delivery.access import Caller
from rackhouse.delivery.runs.queue import Update
from rackhouse.forge import hook
from rackhouse.forge.hooks import Hooks
from rackhouse.forge.visit import RECEIVE, Visit
from rackhouse.kit.errors import Unavailable
from rackhouse.kit.paths import Paths
from rackhouse.store.forge import RepositoryRow, Scope

OLD, NEW, NONE = "1" * 40, "2" * 40, "0" * 40
LINES = f"{NONE} {NEW} refs/heads/a\u2028b\n{OLD} {NONE} refs/heads/gone\n"


def visit(folder: Path, branch: str = "main") -> Visit:
    caller = Caller(person="ada", token=1, scope=Scope.WRITE, repositories=("*",))
    row = RepositoryRow(name="hello", default_branch=branch)
    return Visit(caller=caller, repository=row, folder=folder, service=RECEIVE)


async def run(stage: str, environment: dict[str, str], lines: str = LINES) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", "-S", hook.__file__, stage),
        env={"PATH": os.environ["PATH"], **environment},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await asyncio.wait_for(process.communicate(lines.encode()), 60)
    assert process.returncode is not None
    return process.returncode, said.decode()


class Received:
    """Remembers what it was told, and says what it was given; an error is raised."""

    def __init__(self, *says: str | Exception) -> None:
        self.says = says
        self.updates: list[Update] = []

    async def __call__(self, _: Visit, updates: Sequence[Update]) -> AsyncIterator[str]:
        self.updates += updates
        for each in self.says:
            if isinstance(each, Exception):
                raise each
            yield each


async def test_what_was_pushed_arrives_and_what_is_said_comes_back(tmp_path: Path) -> None:
    received = Received("one", "two\nthree", "\xfc")
    hooks, settled = Hooks(Paths(tmp_path), received), []
    asking = visit(tmp_path)
    asking.settled = lambda: settled.append(True)
    async with hooks.listening():
        with hooks.of(asking) as environment:
            assert await run("post-receive", environment) == (0, "one\ntwo\nthree\n\xfc\n")
    assert settled == [True]
    assert received.updates == [
        Update(ref="refs/heads/a\u2028b", before="", after=NEW),
        Update(ref="refs/heads/gone", before=OLD, after=""),
    ]


async def test_a_push_is_judged(tmp_path: Path) -> None:
    hooks = Hooks(Paths(tmp_path), Received())
    async with hooks.listening():
        with hooks.of(visit(tmp_path)) as environment:
            assert await run("pre-receive", environment) == (0, "")
        with hooks.of(visit(tmp_path, "gone")) as environment:
            code, said = await run("pre-receive", environment)
    assert code == 1
    assert said == "gone is the default branch and is not deleted\n"


async def test_two_that_fit_alone_do_not_come_together(tmp_path: Path) -> None:
    """Room is granted once; what was granted is counted until it is there, or its push is over."""
    hooks, objects = Hooks(Paths(tmp_path / "rack"), Received()), tmp_path / "hello.git" / "objects"
    one, other = visit(objects.parent), visit(objects.parent)
    arriving = [objects / "tmp_objdir-incoming-1", objects / "tmp_objdir-incoming-2"]
    for each, place in zip((one, other), arriving, strict=True):
        each.repository = replace(each.repository, quota=1000)
        place.mkdir(parents=True)
        (place / "pack").write_bytes(bytes(600))

    async def asks(environment: dict[str, str], place: Path, stage: str = "pre-receive") -> str:
        code, said = await run(stage, {**environment, "GIT_QUARANTINE_PATH": str(place)})
        assert bool(code) == bool(said)
        return said

    async with hooks.listening():
        with hooks.of(other) as second:
            with hooks.of(one) as first:
                assert await asks(first, arriving[0]) == ""
                assert "hello may take 1.0 kB, has 600 B, and this would bring 600 B" in (
                    await asks(second, arriving[1])
                )
            assert await asks(second, arriving[1]) == "", "the first has ended without a word"
            with hooks.of(one) as first:
                assert await asks(first, arriving[0]) != ""
                arriving[1].rename(objects / "pack")
                assert await asks(second, arriving[1], "post-receive") == ""
                assert "has 600 B" in await asks(first, arriving[0])
                assert await run("pre-receive", first) == (0, ""), "what takes no room is taken"


async def test_what_goes_wrong_is_said_in_words(tmp_path: Path) -> None:
    hooks = Hooks(Paths(tmp_path), Received("one", Unavailable("is busy", fix="push again")))
    async with hooks.listening():
        with hooks.of(visit(tmp_path)) as environment:
            code, said = await run("post-receive", environment)
    assert (code, said) == (1, "one\nis busy\n  fix: push again\n")


async def test_a_forge_that_is_gone_refuses_and_loses_nothing(tmp_path: Path) -> None:
    hooks = Hooks(Paths(tmp_path), Received("one"))
    async with hooks.listening():
        with hooks.of(visit(tmp_path)) as environment:
            pass
        late = await run("post-receive", environment)
    for answer in (late, await run("post-receive", environment)):
        assert answer == (1, hook.SILENT["post-receive"] + "\n")
    assert await run("pre-receive", environment) == (1, hook.SILENT["pre-receive"] + "\n")
    assert (await run("pre-receive", {}))[0] == 1


async def test_who_leaves_is_not_waited_for(tmp_path: Path) -> None:
    asking = visit(tmp_path)

    async def received(_: Visit, __: Sequence[Update]) -> AsyncIterator[str]:
        yield "begun"
        asking.gone.set()
        await asyncio.Event().wait()

    hooks = Hooks(Paths(tmp_path), received)
    async with hooks.listening():
        with hooks.of(asking) as environment:
            assert await run("post-receive", environment) == (0, "begun\n")


async def test_the_hooks_are_private_programs(tmp_path: Path) -> None:
    hooks = Hooks(Paths(tmp_path / "a 'b"), Received())
    async with hooks.listening():
        files = {file.name: file.stat().st_mode & 0o777 for file in hooks.folder.iterdir()}
    assert files == {"pre-receive": 0o700, "post-receive": 0o700}
