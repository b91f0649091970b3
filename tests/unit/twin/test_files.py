"""What a twin keeps in files: its state, the root file system, names."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from rackhouse.kit.errors import HostError, Missing
from rackhouse.rack.load import load
from rackhouse.twin import lifecycle, rootfs, state
from rackhouse.twin.home import Home
from rackhouse.twin.plan import complete, layout
from rackhouse.twin.switch.model import Kind

EXAMPLE = Path(__file__).parents[3] / "examples" / "racks" / "home.yaml"
RACK = load(EXAMPLE.read_text())


def test_a_state_is_read_as_it_was_written(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.folder.mkdir()
    made = state.State(
        layout=layout(complete(RACK)),
        switch=Kind.PLAIN,
        rootfs=Path("/somewhere"),
        systemd=frozenset({"pi-1"}),
    )
    state.save(home, made)
    assert state.load(home) == made


def test_without_a_twin_it_is_said_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(Missing) as caught:
        state.load(Home(tmp_path))
    assert "rackhouse twin up" in caught.value.fix


def test_two_racks_share_no_name(tmp_path: Path) -> None:
    one, other = Home(tmp_path / "one"), Home(tmp_path / "other")
    assert one.namespace("pi-1") != other.namespace("pi-1")
    assert one.namespace("pi-1") == Home(tmp_path / "one").namespace("pi-1")


def test_the_root_file_system_is_found_where_it_was_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert rootfs.find() is None
    with pytest.raises(Missing) as caught:
        rootfs.require()
    assert "rackhouse twin root" in caught.value.fix
    rootfs.cached().mkdir(parents=True)
    assert rootfs.require() == rootfs.cached()
    assert tmp_path in rootfs.cached().parents


def test_another_root_file_system_may_be_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RACKHOUSE_ROOTFS", str(tmp_path))
    with pytest.raises(Missing, match="no root file system with an SSH server"):
        rootfs.require()
    (tmp_path / "usr" / "sbin").mkdir(parents=True)
    (tmp_path / "usr" / "sbin" / "sshd").touch()
    assert rootfs.require() == tmp_path


def test_who_is_not_root_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    home = Home(tmp_path / "state")
    for attempt in (lambda: lifecycle.up(home, RACK, tmp_path), lambda: lifecycle.down(home)):
        with pytest.raises(HostError, match="only root") as caught:
            attempt()
        assert "sudo" in caught.value.fix
    assert not home.root.exists()
