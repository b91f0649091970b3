"""An engine on another machine: its socket, reached over a real SSH."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from integration.docker.conftest import RACK, TARGET, container, id_of, make, quiet
from integration.docker.daemon import Daemon
from integration.host.sshd import Server, sshd
from rackhouse.kit.errors import Unavailable
from rackhouse.kit.paths import Paths
from rackhouse.resources.core import Resource
from rackhouse.store.memory import MemoryStore
from rackhouse.targets.docker import Docker, open_target

pytestmark = pytest.mark.slow


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    folder = tmp_path / "sshd"
    folder.mkdir()
    with sshd(folder) as server:
        yield server


def over(server: Server, socket: str, store: MemoryStore, folder: Path) -> Docker:
    address: Mapping[str, str] = {**server.address.to_mapping(), "socket": socket}
    return open_target(TARGET, address, rack=RACK, paths=Paths(folder), store=store)


async def test_a_container_is_made_over_ssh_and_nothing_is_left_here(
    target: Docker,
    daemon: Daemon,
    server: Server,
    store: MemoryStore,
    name: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "t").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "t"))
    far = over(server, daemon.socket, store, tmp_path)
    made = await make(far, Resource(id=id_of("container", name), spec=container()))
    assert made.ready, made.why
    assert [line async for line in far.logs(made.id)] == ["up"]
    assert await target.observe({made.id}) == [made]
    await far.remove(made, quiet)
    assert await far.observe({made.id}) == []
    await far.close()
    assert list((tmp_path / "t").iterdir()) == []


async def test_a_machine_without_an_engine_is_unavailable(
    server: Server, store: MemoryStore, tmp_path: Path
) -> None:
    far = over(server, str(tmp_path / "no.sock"), store, tmp_path)
    with pytest.raises(Unavailable, match="does not answer") as caught:
        await far.observe(None)
    assert "127.0.0.1" in caught.value.where
    await far.close()


async def test_an_engine_that_is_gone_holds_nothing_where_nothing_is_wanted(
    server: Server, daemon: Daemon, store: MemoryStore, tmp_path: Path
) -> None:
    words = {**server.address.to_mapping(), "leaving": "yes"}
    for socket, gone in ((str(tmp_path / "no.sock"), True), (daemon.socket, False)):
        address, paths = {**words, "socket": socket}, Paths(tmp_path)
        far = open_target(TARGET, address, rack=RACK, paths=paths, store=store)
        assert await far.observe(None) == (() if gone else [])
        await far.close()


async def test_a_machine_that_is_off_is_unavailable(store: MemoryStore, tmp_path: Path) -> None:
    folder = tmp_path / "sshd"
    folder.mkdir()
    with sshd(folder) as server:
        far = over(server, "/var/run/docker.sock", store, tmp_path)
    with pytest.raises(Unavailable):
        await far.observe(None)
    await far.close()
