"""Models of an Ollama: pulled, gone on with, kept where they were a stranger's, and refused."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from fakes.ollama.server import Library, serving
from rackhouse.kit.errors import Missing, Unavailable
from rackhouse.kit.paths import Paths
from rackhouse.resources.core import Id, Resource
from rackhouse.resources.ollama import Pulled
from rackhouse.resources.seen import Seen, Stamp
from rackhouse.store.memory import MemoryStore
from rackhouse.targets.ollama import Ollama, open_target
from unit.targets.worlds import Killed, Mortal

LLAMA = Resource(id=Id("ollama.forge", "model", "llama3.1-8b"), spec=Pulled("llama3.1:8b"))
SMALL = Resource(id=Id("ollama.forge", "model", "small"), spec=Pulled("small"))


@pytest.fixture
def library() -> Iterator[Library]:
    with serving(Library()) as library:
        yield library


@pytest.fixture
async def target(library: Library, tmp_path: Path) -> AsyncIterator[Ollama]:
    address = {"at": "127.0.0.1", "answers": str(library.port)}
    target = open_target(
        "ollama.forge", address, rack="test", paths=Paths(tmp_path), store=MemoryStore()
    )
    yield target
    await target.close()


def quiet(_: str) -> None:
    """Say nothing."""


async def pull(target: Ollama, resource: Resource[Pulled], said: list[str] | None = None) -> Seen:
    stamp = Stamp(rack="test", digest=resource.digest)
    return await target.ensure(resource, stamp, {}, (said if said is not None else []).append)


async def test_a_model_is_pulled_and_leaves_again(library: Library, target: Ollama) -> None:
    said: list[str] = []
    seen = await pull(target, LLAMA, said)
    assert seen.ready
    assert seen.stamp
    assert seen.stamp.found == seen.found
    assert "llama3.1:8b: pulling 6a07: 100 % of 1.1 GB" in said
    assert await target.observe(None) == [seen]
    await target.remove(seen, said.append)
    assert library.there == set()
    assert await target.observe(None) == []


async def test_a_pull_that_breaks_off_goes_on_at_the_next(library: Library, target: Ollama) -> None:
    library.cut = 1
    with pytest.raises(Unavailable, match="does not answer") as caught:
        await pull(target, LLAMA)
    assert caught.value.fix.endswith("a pull goes on")
    [half] = await target.observe(None)
    assert (half.ready, half.why) == (False, "it is not there")
    seen = await pull(target, LLAMA)
    await target.remove(seen, quiet)
    assert library.asked == ["POST llama3.1:8b"] * 2 + ["DELETE llama3.1:8b"]


async def test_what_was_there_before_stays(library: Library, target: Ollama) -> None:
    library.there.add("small:latest")
    assert await target.observe({SMALL.id}) == []  # nobody's, so it is in nobody's way
    seen = await pull(target, SMALL)
    assert seen.ready
    assert library.asked == []  # the Internet may be away
    await target.remove(seen, quiet)
    assert library.there == {"small:latest"}


async def test_one_that_a_hand_removed_is_seen(library: Library, target: Ollama) -> None:
    seen = await pull(target, SMALL)
    library.there.clear()
    assert [each.ready for each in await target.observe(None)] == [False]
    await target.remove(seen, quiet)  # absent is success


async def test_a_model_that_there_is_not_is_named(target: Ollama) -> None:
    with pytest.raises(Missing, match=r"mistake: .*file does not exist"):
        await pull(target, Resource(id=SMALL.id, spec=Pulled("mistake")))


async def test_of_one_that_leaves_as_a_whole_nothing_is_looked_at(tmp_path: Path) -> None:
    address, paths = {"leaving": "yes"}, Paths(tmp_path)
    gone = open_target("ollama.x", address, rack="test", paths=paths, store=MemoryStore())
    assert await gone.observe(None) == ()
    await gone.close()


async def test_one_that_does_not_answer_is_unavailable(tmp_path: Path) -> None:
    address = {"at": "127.0.0.1", "answers": "1"}
    gone = open_target("ollama.x", address, rack="test", paths=Paths(tmp_path), store=MemoryStore())
    with pytest.raises(Unavailable, match="does not answer"):
        await gone.observe(None)
    await gone.close()


@pytest.mark.parametrize("moment", range(4))
async def test_killed_at_any_moment_the_next_apply_ends_the_same(
    library: Library, tmp_path: Path, moment: int
) -> None:
    address, store = {"at": "127.0.0.1", "answers": str(library.port)}, MemoryStore()

    def opened(store: Any) -> Ollama:
        return open_target("ollama.forge", address, rack="test", paths=Paths(tmp_path), store=store)

    dying, living = opened(Mortal(store, moment)), opened(store)
    with contextlib.suppress(Killed):
        await pull(dying, LLAMA)
    seen = await pull(living, LLAMA)
    assert seen.ready
    with contextlib.suppress(Killed):
        await opened(Mortal(store, moment)).remove(seen, quiet)
    for left in await living.observe(None):
        await living.remove(left, quiet)
    assert library.there == set()
    await dying.close()
    await living.close()
