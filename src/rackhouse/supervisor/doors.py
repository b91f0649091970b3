"""Listening sockets that a unit is handed and that outlive its process: it loses none when it ends.

The supervisor holds them beside the process. While nobody serves, the port is nobody else's, and
until the unit is ready callers are kept waiting: their first packet is dropped, and the kernel at
their end sends it again a second later. Where ours cannot drop it, they queue.
"""

from __future__ import annotations

import contextlib
import ctypes
import socket
import struct
from collections.abc import Collection, Mapping
from errno import EADDRINUSE

from rackhouse.kit.errors import HostError

_BACKLOG = 4096
_ATTACH, _DETACH = 26, 27  # Linux: SO_ATTACH_FILTER, SO_DETACH_FILTER
_KEEP = 0x06  # of its filter language: "keep that many bytes of the packet"; 0 is to drop it


class Doors:
    """The sockets of one unit, by address: `127.0.0.1:8080`; `:8080` is every address."""

    def __init__(self) -> None:
        self._held: dict[str, socket.socket] = {}

    def reserve(self, addresses: Collection[str]) -> None:
        """Bind beside an adopted process, whose own sockets listen: ours will when it has ended.
        What cannot be had now is tried again when the unit is started.
        """
        for address in set(addresses) - self._held.keys():
            with contextlib.suppress(OSError):
                self._held[address] = _bind(address)

    def open(self, addresses: Collection[str], spared: int = 0) -> Mapping[str, int]:
        """Listen on these and nothing else, held back; file descriptors by address.

        Who still queues for a process that has ended is turned away: the next one would answer
        them before it is ready. HostError when a stranger has an address.
        """
        self.keep(addresses)
        for address in addresses:
            try:
                if address not in self._held:
                    self._held[address] = _bind(address, shared=True)
                one = self._held[address]
                _filter(one, spared)
                _turn_away(one)
                _listen(one)
            except OSError as error:
                raise _refused(address, error) from error
        return {address: self._held[address].fileno() for address in addresses}

    def hold_back(self, spared: int = 0) -> None:
        """Nobody new gets in, except at the port `spared`, at which the probe asks."""
        for one in self._held.values():
            _filter(one, spared)
            with contextlib.suppress(OSError):  # a stranger was faster: `open` says so
                _listen(one)

    def let_in(self) -> None:
        """The unit is ready."""
        for one in self._held.values():
            _drop_nothing(one)

    def refuse(self) -> None:
        """Nobody will serve for long: better that callers know. Who looks finds the ports free."""
        for one in self._held.values():
            _turn_away(one)
            _share(one, shared=True)

    def keep(self, addresses: Collection[str]) -> None:
        """Let go of all others."""
        for address in self._held.keys() - set(addresses):
            self._held.pop(address).close()


def _bind(address: str, *, shared: bool = False) -> socket.socket:
    host, _, port = address.rpartition(":")
    everywhere = not host and socket.has_dualstack_ipv6()
    one = socket.socket(socket.AF_INET6 if everywhere else socket.AF_INET)
    try:
        if everywhere:
            one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        # So that a supervisor can bind beside what it adopted. Nobody but the same user may.
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        _share(one, shared=shared)
        one.bind((host, int(port)))
    except BaseException:
        one.close()
        raise
    return one


def _listen(one: socket.socket) -> None:
    one.listen(_BACKLOG)
    _share(one, shared=True)  # what lingers of its connections shall not bar whoever comes next


def _share(one: socket.socket, *, shared: bool) -> None:
    """With connections that linger; and with a stranger too, but while somebody listens."""
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, shared)


def _filter(one: socket.socket, spared: int) -> None:
    if one.getsockname()[1] == spared:
        _drop_nothing(one)
    else:
        _drop_all(one)


def _drop_all(one: socket.socket) -> None:
    """Every packet that would open a connection. Those that are open are no concern."""
    program = ctypes.create_string_buffer(struct.pack("=HBBI", _KEEP, 0, 0, 0))
    pointer = struct.pack("@HP", 1, ctypes.addressof(program))
    with contextlib.suppress(OSError):  # another kernel than Linux
        one.setsockopt(socket.SOL_SOCKET, _ATTACH, pointer)


def _drop_nothing(one: socket.socket) -> None:
    with contextlib.suppress(OSError):  # nothing was dropped
        one.setsockopt(socket.SOL_SOCKET, _DETACH, 0)


def _turn_away(one: socket.socket) -> None:
    """Stop listening, with the port still ours; whoever queues is told so.

    Only one that listens: another would be shut for all that it ever accepts.
    """
    if one.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
        _share(one, shared=False)
        with contextlib.suppress(OSError):  # another kernel than Linux
            one.shutdown(socket.SHUT_RDWR)


def _refused(address: str, error: OSError) -> HostError:
    what = "somebody else does" if error.errno == EADDRINUSE else str(error.strerror).lower()
    return HostError(
        f"cannot listen on {address}: {what}",
        fix="`rackhouse up` chooses other ports, unless the rack file demands this one",
    )
