"""The laws of `targets.protocol.Target`, held by each kind on a real engine."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from integration.docker.conftest import (
    RACK,
    TINY,
    container,
    id_of,
    look,
    make,
    on,
    quiet,
)
from integration.docker.daemon import Daemon
from integration.docker.images import Tiny
from rackhouse.kit.errors import Missing, NotOurs
from rackhouse.resources.core import Resource
from rackhouse.resources.docker import Image, Network, Restart, Volume
from rackhouse.store.memory import MemoryStore
from rackhouse.targets.docker import Docker
from rackhouse.targets.docker.engine import Engine

pytestmark = pytest.mark.slow

By = Callable[[Engine, str], Awaitable[Any]]


async def _squeeze(engine: Engine, name: str) -> None:
    await engine.ask(
        "POST", f"/containers/{name}/update", body={"Memory": 32 << 20, "MemorySwap": -1}
    )


async def _open(engine: Engine, name: str) -> None:
    """Made anew by hand, under the labels of ours, and leading out."""
    there = await engine.ask("GET", f"/networks/{name}")
    await engine.ask("DELETE", f"/networks/{name}")
    body = {"Name": name, "Labels": there["Labels"], "Internal": False}
    await engine.ask("POST", "/networks/create", body=body)


async def _move(engine: Engine, name: str) -> None:
    """Our tag, put on another image."""
    there = await engine.ask("POST", "/commit", query={"container": name}, body={})
    query = {"repo": f"rackhouse.localhost/{RACK}", "tag": name}
    await engine.ask("POST", f"/images/{there['Id']}/tag", query=query)


async def _delete_volume(engine: Engine, name: str) -> None:
    await engine.ask("DELETE", f"/volumes/{name}")


@dataclass(frozen=True, kw_only=True)
class Example:
    """One kind: how it is wanted, how a change of it is wanted, and what others do to it."""

    kind: str
    spec: Callable[[Path], Any]
    changed: Callable[[Path], Any]
    spoil: By
    stranger: tuple[str, dict[str, Any]]  # what to post so that somebody else's is there

    def resource(self, name: str, folder: Path, *, changed: bool = False) -> Resource[Any]:
        spec = (self.changed if changed else self.spec)(folder)
        return Resource(id=id_of(self.kind, name), spec=spec, keep=self.kind == "volume")

    def path(self, name: str) -> str:
        return {"container": "/containers", "network": "/networks", "volume": "/volumes"}[
            self.kind
        ] + f"/{name}"


def _archived(word: str) -> Callable[[Path], Image]:
    def spec(folder: Path) -> Image:
        tiny = Tiny(word)
        return Image(tiny.id, tiny.save(folder / f"{word}.tar", f"{word}:latest"))

    return spec


CONTAINER = Example(
    kind="container",
    spec=lambda _: container(),
    changed=lambda _: container(memory=64 << 20, restart=Restart.NEVER),
    spoil=_squeeze,
    stranger=("/containers/create", {"Image": TINY.id, "Cmd": ["/bin/sleep", "60"]}),
)
EXAMPLES = (
    CONTAINER,
    Example(
        kind="network",
        spec=lambda _: Network(internal=True),
        changed=lambda _: Network(internal=True, subnet="172.31.250.0/24"),
        spoil=_open,
        stranger=("/networks/create", {"Name": "{}"}),
    ),
    Example(
        kind="volume",
        spec=lambda _: Volume(),
        changed=lambda _: Volume(),
        spoil=_delete_volume,
        stranger=("/volumes/create", {"Name": "{}"}),
    ),
)
IMAGE = Example(
    kind="image",
    spec=_archived("one"),
    changed=_archived("two"),
    spoil=_delete_volume,
    stranger=("", {}),
)


@pytest.fixture(params=EXAMPLES, ids=lambda example: example.kind)
def example(request: pytest.FixtureRequest) -> Example:
    found: Example = request.param
    return found


@pytest.fixture(params=(*EXAMPLES, IMAGE), ids=lambda example: example.kind)
def any_example(request: pytest.FixtureRequest) -> Example:
    found: Example = request.param
    return found


async def test_what_is_made_is_ready_finished_and_seen(
    target: Docker, any_example: Example, name: str, tmp_path: Path, daemon: Daemon, store: Any
) -> None:
    resource = any_example.resource(name, tmp_path)
    assert await look(target, resource.id) is None
    made = await make(target, resource)
    assert made.ready, made.why
    assert made.stamp is not None
    assert made.stamp.found == made.found != ""
    assert made.stamp.digest == resource.digest
    assert made in await target.observe(None)
    assert await look(target, resource.id) == made
    again = on(daemon, store, tmp_path)
    assert await look(again, resource.id) == made
    await again.close()


async def test_making_it_again_changes_nothing(
    target: Docker, any_example: Example, name: str, tmp_path: Path, engine: Engine
) -> None:
    resource = any_example.resource(name, tmp_path)
    first = await make(target, resource)
    before = await engine.ask("GET", "/containers/json")
    assert await make(target, resource) == first
    after = await engine.ask("GET", "/containers/json")
    assert [one["Id"] for one in before] == [one["Id"] for one in after]


async def test_a_change_is_made_and_stamped(
    target: Docker, any_example: Example, name: str, tmp_path: Path
) -> None:
    first = await make(target, any_example.resource(name, tmp_path))
    resource = any_example.resource(name, tmp_path, changed=True)
    second = await make(target, resource)
    assert second.stamp is not None
    assert second.stamp.digest == resource.digest
    assert second.found == second.stamp.found
    assert (second.found != first.found) is (any_example.kind != "volume")
    assert await look(target, resource.id) == second


async def test_a_change_by_hand_is_seen_and_mended(
    target: Docker, example: Example, name: str, tmp_path: Path, engine: Engine
) -> None:
    resource = example.resource(name, tmp_path)
    first = await make(target, resource)
    await example.spoil(engine, name)
    spoilt = await look(target, resource.id)
    assert spoilt is None or spoilt.found != first.found
    mended = await make(target, resource)
    assert mended.ready, mended.why
    assert mended.stamp is not None
    assert mended.found == mended.stamp.found
    if example is CONTAINER:
        assert mended == first
        there = await engine.ask("GET", example.path(name) + "/json")
        assert there["HostConfig"]["Memory"] == 0


async def test_what_is_removed_is_gone_and_may_be_removed_again(
    target: Docker, any_example: Example, name: str, tmp_path: Path, store: MemoryStore
) -> None:
    made = await make(target, any_example.resource(name, tmp_path))
    for _ in range(2):
        await target.remove(made, quiet)
        assert await look(target, made.id) is None
        assert store.stamp(made.id) is None


async def test_a_strangers_thing_is_seen_and_left_alone(
    target: Docker, example: Example, name: str, tmp_path: Path, engine: Engine
) -> None:
    path, body = example.stranger
    resource = example.resource(name, tmp_path)
    named = {key: value.format(name) if key == "Name" else value for key, value in body.items()}
    await engine.ask("POST", path, query={"name": name}, body=named)
    try:
        seen = await look(target, resource.id)
        assert seen is not None
        assert seen.stamp is None
        assert seen not in await target.observe(None)
        with pytest.raises(NotOurs, match=name):
            await make(target, resource)
        await target.remove(seen, quiet)
        assert await look(target, resource.id) == seen
    finally:
        await engine.ask("DELETE", example.path(name))


async def test_another_racks_thing_is_left_alone(
    target: Docker, example: Example, name: str, tmp_path: Path, daemon: Daemon
) -> None:
    other = on(daemon, MemoryStore(), tmp_path, rack="other")
    resource = example.resource(name, tmp_path)
    theirs = await make(other, resource, rack="other")
    assert resource.id not in {seen.id for seen in await target.observe(None)}
    with pytest.raises(NotOurs, match="other"):
        await make(target, resource)
    [seen] = await target.observe({resource.id})
    await target.remove(seen, quiet)
    assert await look(other, resource.id) == theirs
    await other.remove(theirs, quiet)
    await other.close()


async def test_a_lost_store_makes_nothing_anew(
    target: Docker, any_example: Example, name: str, tmp_path: Path, daemon: Daemon, engine: Engine
) -> None:
    resource = any_example.resource(name, tmp_path)
    made = await make(target, resource)
    before = await engine.ask("GET", "/containers/json")
    forgetful = on(daemon, MemoryStore(), tmp_path)
    half = await look(forgetful, resource.id)
    assert half is not None
    assert half.stamp is not None, "a lost store, and it looks like a stranger's"
    assert half.stamp.found == ""
    assert (await make(forgetful, resource)).ready
    after = await engine.ask("GET", "/containers/json")
    assert [one["Id"] for one in before] == [one["Id"] for one in after]
    await forgetful.remove(made, quiet)
    await forgetful.close()


class Killed(BaseException):
    """As sudden as SIGKILL: nothing catches it."""


class Life:
    """Ends before the `left`-th thing done from now on: a request, or a write to the store."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.left = 10**9
        send = Engine._send

        @asynccontextmanager
        async def mortal_send(*args: Any) -> Any:
            self._tick()
            async with send(*args) as answer:
                yield answer

        def mortal(write: Callable[..., Any]) -> Callable[..., Any]:
            def call(*args: Any) -> Any:
                self._tick()
                return write(*args)

            return call

        monkeypatch.setattr(Engine, "_send", mortal_send)
        for write in ("put_stamp", "drop_stamp", "replace", "forget", "choose"):
            monkeypatch.setattr(MemoryStore, write, mortal(getattr(MemoryStore, write)))

    def _tick(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise Killed

    async def survives(self, n: int, work: Callable[[], Awaitable[object]]) -> bool:
        self.left = n
        try:
            await work()
        except Killed:
            return False
        finally:
            self.left = 10**9
        return True


async def _remains(engine: Engine, name: str) -> list[str]:
    """What is called so on the engine, of whatever kind."""
    images = await engine.ask("GET", "/images/json", query={"all": 1})
    tags = [tag for image in images for tag in image["RepoTags"] or () if tag != "<none>:<none>"]
    return [tag for tag in tags if tag.endswith(f":{name}") or tag in {"one:latest", "two:latest"}]


async def test_killed_at_any_moment_it_is_made_whole_and_removed_later(
    target: Docker,
    any_example: Example,
    name: str,
    tmp_path: Path,
    engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    resource = any_example.resource(name, tmp_path)
    life = Life(monkeypatch)
    for n in range(60):
        whole = await life.survives(n, lambda: make(target, resource))
        half = await look(target, resource.id)
        if not whole and half is not None:
            assert half.stamp is not None, "killed, and it looks like a stranger's"
            assert half.stamp.found == "" or half.found == half.stamp.found
        made = await make(target, resource)
        assert made.ready, made.why
        assert await look(target, resource.id) == made
        gone = await life.survives(n, lambda made=made: target.remove(made, quiet))  # type: ignore[misc]
        if not gone:
            await target.remove(await look(target, resource.id) or made, quiet)
        assert await look(target, resource.id) is None
        assert await _remains(engine, name) == []
        if whole and gone:
            break
    assert n > 3


async def test_killed_at_any_moment_of_a_change_it_is_changed_later(
    target: Docker, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = CONTAINER.resource(name, tmp_path)
    new = CONTAINER.resource(name, tmp_path, changed=True)
    life = Life(monkeypatch)
    for n in range(60):
        await make(target, old)
        whole = await life.survives(n, lambda: make(target, new))
        made = await make(target, new)
        assert made.stamp is not None
        assert (made.stamp.digest, made.stamp.found) == (new.digest, made.found)
        if whole:
            break
    assert n > 8


async def test_nothing_else_has_a_value(target: Docker, name: str) -> None:
    assert (await target.output(id_of("image", "tiny").ref("id"))).reveal() == TINY.id
    for missing in (
        id_of("image", "tiny").ref("size"),
        id_of("container", name).ref("id"),
    ):
        with pytest.raises(Missing):
            await target.output(missing)
