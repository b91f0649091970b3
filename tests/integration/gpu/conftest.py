"""A rack whose twin a test brings up, and of which nothing is left."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from e2e.conftest import Rack
from rackhouse.kit.errors import HostError
from rackhouse.twin import able, rootfs
from rackhouse.twin.home import Home
from rackhouse.twin.switch import probe
from rackhouse.twin.switch.model import Kind

FOUND = rootfs.find()  # here, before a test's clean environment forgets RACKHOUSE_ROOTFS


@pytest.fixture
def tmp_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With a short name: containerd's sockets lie in it."""
    return tmp_path_factory.mktemp("gpu")


@pytest.fixture
def rack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rack]:
    if os.geteuid() != 0 or FOUND is None:
        pytest.skip("a twin needs root, and a root file system: scripts/prefetch-slow")
    try:
        able.require(tmp_path)
        probe(Kind.OPENVSWITCH)
    except HostError as error:
        pytest.skip(error.what)
    monkeypatch.setenv("RACKHOUSE_ROOTFS", str(FOUND))
    rack = Rack(tmp_path / "home", tmp_path / "rack.yaml")
    try:
        yield rack
    finally:
        rack.run("twin", "down", code=None)
        assert Home(rack.home).namespaces() == []
