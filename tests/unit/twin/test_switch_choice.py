"""Which switch a twin has, by what this machine and this account can do."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from rackhouse.kit.errors import HostError
from rackhouse.twin import switch
from rackhouse.twin.switch import Kind


@pytest.fixture(autouse=True)
def _installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda program: f"/usr/bin/{program}")
    monkeypatch.setattr(switch, "has_vlans", lambda: False)


def test_open_vswitch_wants_a_device_that_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(switch, "_TAP", tmp_path / "tun")
    with pytest.raises(HostError, match="is missing on this machine"):
        switch.probe(Kind.OPENVSWITCH)
    assert switch.probe() is Kind.PLAIN


def test_open_vswitch_wants_a_device_that_this_account_may_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(switch, "_TAP", tmp_path / "tun")
    (tmp_path / "tun").touch()
    assert switch.probe() is Kind.OPENVSWITCH
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(HostError, match="this account may not open") as caught:
        switch.probe(Kind.OPENVSWITCH)
    assert "chmod 666" in caught.value.fix
    assert switch.probe() is Kind.PLAIN
