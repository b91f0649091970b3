"""One server of each kind for a whole run of tests, and a target on it for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest

from integration.parts.starter import Running, World, free_ports, tools
from rackhouse.desired.embedded import cache as cache_part
from rackhouse.desired.embedded import objects as objects_part
from rackhouse.desired.embedded import postgres as postgres_part
from rackhouse.desired.embedded.part import Part
from rackhouse.kit.paths import Paths
from rackhouse.rack.model import Rack
from rackhouse.store.memory import MemoryStore
from rackhouse.targets import cache, objects, postgres
from rackhouse.targets.protocol import Target

RACK = "test"


@dataclass(frozen=True)
class Server:
    """A started part, and how its place is reached."""

    name: str
    running: Running
    address: dict[str, str]

    def target(self, store: MemoryStore) -> Target:
        module: ModuleType = {"postgres": postgres, "cache": cache, "objects": objects}[self.name]
        paths = Paths(self.running.root)
        target: Target = module.open_target(
            self.name, self.address, rack=RACK, paths=paths, store=store
        )
        return target


def _part(name: str) -> Part:
    makers = {
        "postgres": postgres_part.postgres,
        "cache": cache_part.cache,
        "objects": objects_part.objects,
    }
    return makers[name](Rack(), tools())


def started(name: str, root: Path) -> Iterator[Server]:
    part = _part(name)
    world = World(root, (part,))
    try:
        world.start()
        yield Server(name, world.processes[name], world.address(part))
    finally:
        world.stop()
        sweep(world)


def sweep(world: World) -> None:
    """SeaweedFS leaves sockets in /tmp, named by its ports; there is no flag against it."""
    for running in world.processes.values():
        for word in running.spec.program.command:
            flag, _, port = word.fill(world.values).partition("=")
            if flag.endswith(".port.grpc") or flag == "-admin.port":
                number = int(port) + (10_000 if flag == "-admin.port" else 0)
                for left in Path("/tmp").glob(f"seaweedfs-*-grpc-{number}.sock"):
                    left.unlink(missing_ok=True)


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    yield from started("postgres", tmp_path_factory.mktemp("postgres"))


@pytest.fixture(scope="session")
def cache_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    yield from started("cache", tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="session")
def objects_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    yield from started("objects", tmp_path_factory.mktemp("objects"))


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
async def target(store: MemoryStore, server: Server) -> AsyncIterator[Target]:
    """On the `server` that the test's file names."""
    opened = server.target(store)
    yield opened
    await opened.close()


def free_port() -> int:
    """A port at which nobody listens."""
    return free_ports(1)
