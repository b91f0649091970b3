"""A word to the service manager that started us: sd_notify(3), the datagram and nothing else."""

from __future__ import annotations

import contextlib
import os
import socket


class Notifier:
    """Says READY=1 and the like where somebody asked to be told; elsewhere nothing."""

    def __init__(self) -> None:
        """Take the address out of the environment: what we start has nothing to say there."""
        self._address = os.environ.pop("NOTIFY_SOCKET", "")

    def say(self, word: str) -> None:
        """Send it. A manager that does not listen harms nobody."""
        if not self._address:
            return
        address = self._address
        if address.startswith("@"):  # Linux's abstract names
            address = "\0" + address[1:]
        with (
            contextlib.suppress(OSError),
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel,
        ):
            channel.sendto(word.encode(), address)
