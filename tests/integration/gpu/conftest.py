"""A rack whose twin a test brings up, and of which nothing is left."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from e2e.conftest import Rack
from e2e.rehearsing import FOUND, require_twin
from rackhouse.twin.home import Home


@pytest.fixture
def tmp_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With a short name: containerd's sockets lie in it."""
    return tmp_path_factory.mktemp("gpu")


@pytest.fixture
def rack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rack]:
    require_twin(tmp_path)
    monkeypatch.setenv("RACKHOUSE_ROOTFS", str(FOUND))
    rack = Rack(tmp_path / "home", tmp_path / "rack.yaml")
    try:
        yield rack
    finally:
        rack.run("twin", "down", code=None)
        assert Home(rack.home).namespaces() == []
