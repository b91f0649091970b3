"""Twins for tests: one for each module, and nothing left of it afterwards."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from rackhouse.kit.errors import HostError
from rackhouse.rack.load import load
from rackhouse.twin import able, cgroups, rootfs
from rackhouse.twin.home import Home
from rackhouse.twin.lifecycle import down, up
from rackhouse.twin.namespaces import pids
from rackhouse.twin.switch import probe
from rackhouse.twin.switch.model import Kind

EXAMPLE = Path(__file__).parents[3] / "examples" / "racks" / "home.yaml"
RACK = load(EXAMPLE.read_text())
FOUND = rootfs.find()  # here, before a test's clean environment forgets RACKHOUSE_ROOTFS


@pytest.fixture(scope="session")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The nodes' root file system; skips where a twin cannot be."""
    if os.geteuid() != 0:
        pytest.skip("a twin needs root")
    needed = ("ip", "tc", "nft", "ethtool", "nsenter", "setpriv", "ovs-vsctl", "systemd-nspawn")
    if missing := [name for name in needed if shutil.which(name) is None]:
        pytest.skip(f"a twin needs {', '.join(missing)}: scripts/system-packages slow")
    try:
        able.require(tmp_path_factory.mktemp("able"))
        probe(Kind.OPENVSWITCH)
    except HostError as error:
        pytest.skip(error.what)
    if FOUND is None:
        pytest.skip("a twin needs a root file system: scripts/prefetch-slow")
    return FOUND


@pytest.fixture(scope="module")
def home(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """The reference rack's twin, up; `root` so that it skips where none can be."""
    home = Home(tmp_path_factory.mktemp("rack"))
    try:
        up(home, RACK, root, kind=Kind.OPENVSWITCH)
        yield home
    finally:
        names = home.namespaces()
        down(home)
        assert_gone(home, names)


def assert_gone(home: Home, names: list[str]) -> None:
    """No namespace, process, control group, mount or file of this twin is left."""
    assert not home.namespaces()
    assert not any(pids(names).values())
    assert not cgroups.found(home.prefix)
    assert not home.folder.exists()
    assert str(home.folder) not in Path("/proc/mounts").read_text()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes()
        except OSError:
            continue  # it has ended
        assert os.fsencode(home.folder) not in words
