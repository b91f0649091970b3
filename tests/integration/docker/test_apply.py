"""A release, the next one beside it, and what is left: plan and apply on a real engine."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from integration.docker.conftest import RACK, TARGET, TINY, container, id_of
from integration.docker.daemon import Daemon
from rackhouse.apply.converge import Apply, converge
from rackhouse.apply.outcome import Outcome, Silent
from rackhouse.apply.world import World
from rackhouse.kit.paths import Paths
from rackhouse.plan.step import Step
from rackhouse.resources.core import Id, Resource, Text
from rackhouse.resources.docker import CommandHealth, Image, Mount, Network, Volume
from rackhouse.resources.place import Place, Wanted
from rackhouse.store.memory import MemoryStore
from rackhouse.store.protocol import Result
from rackhouse.targets.docker import open_target
from rackhouse.targets.docker.engine import Engine

pytestmark = pytest.mark.slow

IMAGE, NETWORK, VOLUME = id_of("image", "ours"), id_of("network", "ours"), id_of("volume", "ours")


def release(
    number: int, folder: Path, check: str = "true", patience: float = 60.0
) -> dict[Id, Resource[Any]]:
    """All that release `number` wants."""
    runs = container(
        networks=("ours",),
        mounts=(Mount("/data", volume="ours"),),
        health=CommandHealth(("/bin/sh", "-c", check), every=1.0, timeout=30.0),
        environment=(("RELEASE", Text.of(str(number))),),
        patience=patience,
    )
    archive = str(folder / "ours.tar")
    resources: list[Resource[Any]] = [
        Resource(id=IMAGE, spec=Image(TINY.id, archive)),
        Resource(id=NETWORK, spec=Network()),
        Resource(id=VOLUME, spec=Volume(), keep=True),
        Resource(
            id=id_of("container", f"web@r{number}"),
            spec=runs,
            needs=frozenset({IMAGE, NETWORK, VOLUME}),
        ),
    ]
    return {one.id: one for one in resources}


class Watch(Silent):
    """Remembers the steps in the order in which they ended."""

    def __init__(self) -> None:
        self.ended_steps: list[str] = []

    def ended(self, step: Step, result: Result, why: str) -> None:
        self.ended_steps.append(f"{step.verb.value} {step.id.kind}/{step.id.name} {result.value}")


class Bench:
    """One rack whose all is on one engine; the store survives its applies."""

    def __init__(self, daemon: Daemon, folder: Path) -> None:
        self.folder, self.daemon, self.store = folder, daemon, MemoryStore()
        TINY.save(folder / "ours.tar", "ours:latest")

    async def apply(
        self, resources: Mapping[Id, Resource[Any]], purge: frozenset[Id] = frozenset()
    ) -> tuple[Outcome, list[str]]:
        place = Place(name=TARGET, kind="docker", address={"socket": Text.of(self.daemon.socket)})

        def open_place(place: Place, address: Mapping[str, str]) -> Any:
            paths = Paths(self.folder)
            return open_target(place.name, address, rack=RACK, paths=paths, store=self.store)

        watch = Watch()
        asked = Apply(
            who="test",
            what="apply",
            confirm=lambda _: True,
            observer=watch,
            now=lambda: 0.0,
            purge=purge,
        )
        world = World(Wanted(resources=resources, places={TARGET: place}), self.store, open_place)
        try:
            outcome = await converge(world, asked, rack=RACK, lock=self.folder / "lock")
        finally:
            await world.close()
        return outcome, watch.ended_steps

    async def empty(self) -> None:
        outcome, _ = await self.apply({}, purge=frozenset({VOLUME}))
        assert outcome.ok, outcome


@pytest.fixture
def bench(daemon: Daemon, tmp_path: Path) -> Bench:
    return Bench(daemon, tmp_path)


async def _running(engine: Engine) -> set[str]:
    listed = await engine.ask("GET", "/containers/json")
    return {one["Names"][0] for one in listed}


async def test_the_new_one_is_healthy_before_the_old_one_leaves(
    bench: Bench, engine: Engine, tmp_path: Path
) -> None:
    outcome, steps = await bench.apply(release(1, tmp_path))
    assert outcome.ok, outcome
    assert steps[-1] == "create container/web@r1 done"
    assert (await bench.apply(release(1, tmp_path)))[1] == []
    outcome, steps = await bench.apply(release(2, tmp_path))
    assert outcome.ok, outcome
    assert steps == ["create container/web@r2 done", "delete container/web@r1 done"]
    assert await _running(engine) == {"/web_r2"}
    await bench.empty()


async def test_one_that_does_not_get_healthy_takes_nothing_away(
    bench: Bench, engine: Engine, tmp_path: Path
) -> None:
    await bench.apply(release(1, tmp_path))
    outcome, steps = await bench.apply(release(2, tmp_path, check="false", patience=3.0))
    assert not outcome.ok
    assert steps[0] == "create container/web@r2 failed"
    assert "/web_r1" in await _running(engine)
    outcome, steps = await bench.apply(release(1, tmp_path))  # back
    assert outcome.ok
    assert steps == ["delete container/web@r2 done"]
    await bench.empty()


async def test_interrupted_anywhere_the_next_apply_ends_the_same(
    bench: Bench, engine: Engine, tmp_path: Path
) -> None:
    for seconds in (0.02, 0.1, 0.3, 0.6, 1.0):
        await bench.apply(release(1, tmp_path))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(seconds):
                await bench.apply(release(2, tmp_path, check="sleep 1"))
        outcome, _ = await bench.apply(release(2, tmp_path, check="sleep 1"))
        assert outcome.ok, outcome
        assert await _running(engine) == {"/web_r2"}
        assert (await bench.apply(release(2, tmp_path, check="sleep 1")))[1] == []
    await bench.empty()


async def test_data_stays_until_it_is_purged(bench: Bench, engine: Engine, tmp_path: Path) -> None:
    await bench.apply(release(1, tmp_path))
    outcome, steps = await bench.apply({})
    assert outcome.ok
    assert sorted(steps) == [
        "delete container/web@r1 done",
        "delete image/ours done",
        "delete network/ours done",
    ]
    assert (await engine.ask("GET", "/volumes/ours"))["Name"] == "ours"
    await bench.empty()
    assert (await engine.ask("GET", "/volumes"))["Volumes"] in (None, [])
    images = await engine.ask("GET", "/images/json")
    assert TINY.id not in {image["Id"] for image in images}
