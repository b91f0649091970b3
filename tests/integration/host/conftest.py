"""A small rack's twin for tests of what happens to machines: one for each module."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from integration.host.rig import RACK, Rig
from integration.twin.conftest import assert_gone
from integration.twin.conftest import root as twin_root
from rackhouse.rack.load import load
from rackhouse.twin.home import Home
from rackhouse.twin.lifecycle import down, up

__all__ = ["rig", "twin_root"]


@pytest.fixture(scope="module")
def rig(twin_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    folder = tmp_path_factory.mktemp("rig")
    file = folder / "rack.yaml"
    file.write_text(RACK)
    home = Home(folder / "twin-of-it")
    home.root.mkdir()
    try:
        yield Rig(home, up(home, load(RACK), twin_root), file)
    finally:
        names = home.namespaces()
        down(home)
        assert_gone(home, names)
