"""One real engine for a run of these tests, with one image on it; a store and a target for each."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from integration.docker.daemon import Daemon, started, why_not
from integration.docker.images import Tiny
from rackhouse.kit.errors import HostError
from rackhouse.kit.paths import Paths
from rackhouse.resources.core import Hidden, Id, Ref, Resource, Text
from rackhouse.resources.docker import AliveHealth, Container, Image
from rackhouse.resources.seen import Seen, Stamp
from rackhouse.store.memory import MemoryStore
from rackhouse.targets.docker import Docker, open_target
from rackhouse.targets.docker.archive import load
from rackhouse.targets.docker.engine import Engine
from rackhouse.targets.docker.line import Here

RACK, TARGET = "test", "docker.forge"
TINY = Tiny("hello")
# As its first process, a program that ends when it is told to.
OBEDIENT = ("/bin/sh", "-c", "trap 'exit 0' TERM; echo up; while :; do sleep 0.1; done")

_numbers = itertools.count(1)


def quiet(words: str) -> None:
    """Say nothing."""


def id_of(kind: str, name: str) -> Id:
    return Id(TARGET, kind, name)


def container(*command: str, **more: Any) -> Container:
    """One of TINY that ends quickly; `more` is as in the specification."""
    more.setdefault("health", AliveHealth(0.1))
    more.setdefault("grace", 10.0)
    words = tuple(map(Text.of, command or OBEDIENT))
    return Container(image=Text.of(TINY.id), command=words, **more)


async def make(
    target: Docker,
    resource: Resource[Any],
    *,
    rack: str = RACK,
    values: dict[Ref, Hidden] | None = None,
    say: Callable[[str], None] = quiet,
) -> Seen:
    """As apply does it."""
    stamp = Stamp(
        rack=rack,
        digest=resource.digest,
        inputs={ref.to: "1" for ref in resource.refs},
        keep=resource.keep,
    )
    return await target.ensure(resource, stamp, values or {}, say)


async def look(target: Docker, id: Id) -> Seen | None:
    """How it is now."""
    return next(iter(await target.observe({id})), None)


@pytest.fixture(scope="session")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    if why := why_not():
        pytest.skip(why)
    with started(tmp_path_factory.mktemp("docker")) as daemon:
        if isinstance(daemon, str):
            pytest.skip(daemon)
        with ThreadPoolExecutor(1) as aside:  # where there is no other event loop
            why = aside.submit(asyncio.run, _cannot_run(daemon, tmp_path_factory)).result()
        if why:
            pytest.skip(f"the engine starts here, and no container does: {why}")
        yield daemon


async def _cannot_run(daemon: Daemon, folders: pytest.TempPathFactory) -> str:
    """Why a container cannot be started here (no right to make cgroups, say); mostly nothing."""
    engine = Engine(Here(daemon.socket))
    await load(engine, TINY.save(folders.mktemp("probe") / "tiny.tar"), quiet)
    made = await engine.ask("POST", "/containers/create", body={"Image": TINY.id})
    try:
        await engine.ask("POST", f"/containers/{made['Id']}/start")
    except HostError as error:
        return error.what
    finally:
        await engine.ask("DELETE", f"/containers/{made['Id']}", query={"force": 1})
        await engine.ask("DELETE", f"/images/{TINY.id}")
        await engine.close()
    return ""


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
async def engine(daemon: Daemon) -> AsyncIterator[Engine]:
    """For a test's own hand on the engine."""
    engine = Engine(Here(daemon.socket))
    yield engine
    await engine.close()


@pytest.fixture
async def target(daemon: Daemon, store: MemoryStore, tmp_path: Path) -> AsyncIterator[Docker]:
    """With TINY on the engine; whatever the test made of this rack is removed afterwards."""
    target = on(daemon, store, tmp_path)
    archive = TINY.save(tmp_path / "tiny.tar")
    await make(target, Resource(id=id_of("image", "tiny"), spec=Image(TINY.id, archive)))
    yield target
    order = ("container", "network", "volume", "image")
    for seen in sorted(await target.observe(None), key=lambda one: order.index(one.id.kind)):
        await target.remove(seen, quiet)
    await target.close()


def on(daemon: Daemon, store: MemoryStore, folder: Path, rack: str = RACK) -> Docker:
    address = {"socket": daemon.socket}
    return open_target(TARGET, address, rack=rack, paths=Paths(folder), store=store)


@pytest.fixture
def name() -> str:
    """A name that no other test uses."""
    return f"thing{next(_numbers)}"
