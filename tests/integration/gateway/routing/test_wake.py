"""The magic packet, over a real socket."""

from __future__ import annotations

import socket

import pytest

from rackhouse.services.gateway.clients.wake import packet, wake


@pytest.mark.parametrize("mac", ["02:00:5e:10:00:01", "02-00-5E-10-00-01", "0200.5e10.0001"])
def test_the_packet_is_heard(mac: str) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as machine:
        machine.bind(("127.0.0.1", 0))
        machine.settimeout(20)
        wake(mac, machine.getsockname())
        heard = machine.recv(2048)
    assert heard == b"\xff" * 6 + bytes.fromhex("02005e100001") * 16


@pytest.mark.parametrize("mac", ["", "02:00:5e:10:00", "02:00:5e:10:00:0g", "02:00:5e:10:00:01:02"])
def test_what_is_no_address_of_a_machine(mac: str) -> None:
    with pytest.raises(ValueError, match="MAC address"):
        packet(mac)


def test_a_network_that_takes_none_is_no_fault() -> None:
    wake("02:00:5e:10:00:01", ("127.0.0.1", 0))  # no port
