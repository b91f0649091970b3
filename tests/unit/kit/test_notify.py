"""sd_notify: heard where somebody listens, silent elsewhere, and not handed on."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from rackhouse.kit.notify import Notifier


@pytest.mark.parametrize("place", ["socket", "@rackhouse-test"])
def test_it_is_heard(place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # a socket's path is short
    address = f"{place}-{os.getpid()}"
    monkeypatch.setenv("NOTIFY_SOCKET", address)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.bind(address.replace("@", "\0"))
        channel.settimeout(10)
        manager = Notifier()
        assert "NOTIFY_SOCKET" not in os.environ
        manager.say("READY=1")
        assert channel.recv(100) == b"READY=1"
    manager.say("STOPPING=1")  # nobody listens any more


def test_nobody_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    Notifier().say("READY=1")
