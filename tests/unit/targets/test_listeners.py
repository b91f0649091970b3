"""Whether a port is open to more than this machine."""

from __future__ import annotations

import socket

import pytest

from rackhouse.targets.machine.listeners import beyond_loopback


@pytest.mark.parametrize(
    ("family", "address", "said"),
    [
        (socket.AF_INET, "127.0.0.1", ""),
        (socket.AF_INET, "127.0.0.2", ""),
        (socket.AF_INET, "0.0.0.0", "every address"),
        (socket.AF_INET6, "::1", ""),
        (socket.AF_INET6, "::ffff:127.0.0.1", ""),
        (socket.AF_INET6, "::", "every address"),
    ],
)
def test_who_can_reach_a_port(family: socket.AddressFamily, address: str, said: str) -> None:
    with socket.socket(family, socket.SOCK_STREAM) as server:
        try:
            server.bind((address, 0))
        except OSError:
            pytest.skip("this machine has no such address")
        port = server.getsockname()[1]
        assert beyond_loopback(port) == "", "it does not listen yet"
        server.listen(1)
        assert beyond_loopback(port) == said
