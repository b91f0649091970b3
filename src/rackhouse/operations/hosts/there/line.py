"""The line to another machine: how long, how wide, and how large a packet may be.

One end listens, on a port of its own and for one caller; the other calls and measures.
"""

from __future__ import annotations

import os
import select
import socket
import struct
import threading
import time

from rackhouse.operations.hosts.there.read import tried

_ECHO, _SINK, _SOURCE = b"e", b"s", b"d"
_MESSAGE, _ROUNDS = 64, 200  # bytes, and how many go to and fro
_ECHOES, _STREAM, _PATIENCE = 0.7, 0.6, 8.0  # seconds
_BUFFER = 1 << 18  # bytes under way at most: a slow line is empty again soon
_CHUNK = bytes(1 << 16)
_IP_MTU_DISCOVER, _IP_PMTUDISC_PROBE = 10, 3  # linux/in.h: never in pieces, ask the wire itself
_HEADERS = 28  # IPv4 and ICMP
_SMALLEST = 576  # RFC 791


def listen(host: str, caller: str) -> int:
    """Wait in the background, at our address `host`, for that of the caller; the port."""
    door = socket.create_server((host, 0))
    door.settimeout(_PATIENCE)
    threading.Thread(target=_serve, args=(door, caller), daemon=True).start()
    return int(door.getsockname()[1])


def _serve(door: socket.socket, caller: str) -> None:
    served = 0
    with door:
        while served < 3:
            try:
                line, (host, _) = door.accept()
            except OSError:
                return  # nobody came
            with line:
                if host == caller:
                    served += 1
                    tried(lambda line=line: _one(line))  # type: ignore[misc]


def _one(line: socket.socket) -> None:
    _tune(line)
    kind = line.recv(1)
    if kind == _ECHO:
        while message := _exactly(line, _MESSAGE):
            line.sendall(message)
    elif kind == _SINK:
        line.sendall(struct.pack(">Q", _swallow(line)))
    elif kind == _SOURCE:
        _pour(line)


def call(host: str, port: int) -> dict[str, object]:
    """Measure: `ms` and `ms99` to and fro, bits a second `out` and `back`, the path's `mtu`; or
    `error`, why it could not be.
    """
    try:
        return _measured(host, port)
    except OSError as error:
        return {"error": (error.strerror or str(error)).lower()}


def _measured(host: str, port: int) -> dict[str, object]:
    echoes = sorted(_echoes(_open(host, port, _ECHO)))
    return {
        "ms": echoes[len(echoes) // 2] * 1000,
        "ms99": echoes[int(len(echoes) * 0.99)] * 1000,
        "out": _outward(_open(host, port, _SINK)),
        "back": _backward(_open(host, port, _SOURCE)),
        "mtu": tried(lambda: path_mtu(host)),
    }


def _open(host: str, port: int, kind: bytes) -> socket.socket:
    line = socket.create_connection((host, port), _PATIENCE)
    _tune(line)
    line.sendall(kind)
    return line


def _tune(line: socket.socket) -> None:
    line.settimeout(_PATIENCE)
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER)


def _echoes(line: socket.socket) -> list[float]:
    taken: list[float] = []
    until = time.monotonic() + _ECHOES
    with line:
        while not taken or (len(taken) < _ROUNDS and time.monotonic() < until):
            began = time.monotonic()
            line.sendall(_CHUNK[:_MESSAGE])
            if not _exactly(line, _MESSAGE):
                raise OSError("the other end hung up")
            taken.append(time.monotonic() - began)
    return taken


def _outward(line: socket.socket) -> float:
    with line:
        began = time.monotonic()
        _pour(line)
        arrived: int = struct.unpack(">Q", _exactly(line, 8) or bytes(8))[0]
        return arrived * 8 / (time.monotonic() - began)


def _backward(line: socket.socket) -> float:
    with line:
        began = time.monotonic()
        return _swallow(line) * 8 / (time.monotonic() - began)


def _pour(line: socket.socket) -> None:
    until = time.monotonic() + _STREAM
    while time.monotonic() < until:
        line.sendall(_CHUNK)
    line.shutdown(socket.SHUT_WR)


def _swallow(line: socket.socket) -> int:
    count = 0
    while size := len(line.recv(len(_CHUNK))):
        count += size
    return count


def _exactly(line: socket.socket, count: int) -> bytes:
    """So many bytes; fewer at the end."""
    data = b""
    while len(data) < count and (more := line.recv(count - len(data))):
        data += more
    return data if len(data) == count else b""


def path_mtu(host: str) -> int | None:
    """The largest packet that arrives whole; None where not even a small one is answered."""
    if not _arrives(host, _SMALLEST):
        return None
    low, high = _SMALLEST, _first_hop(host)
    if _arrives(host, high):
        return high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _arrives(host, middle) else (low, middle)
    return low


def _first_hop(host: str) -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
        wire.connect((host, 9))
        return wire.getsockopt(socket.IPPROTO_IP, 14)  # IP_MTU, linux/in.h


def _arrives(host: str, size: int) -> bool:
    """Whether an echo of so many bytes comes back, in one piece; tried three times."""
    number = struct.unpack(">H", os.urandom(2))[0]
    packet = _echo_request(number, size - _HEADERS)
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP) as wire:
        wire.setsockopt(socket.IPPROTO_IP, _IP_MTU_DISCOVER, _IP_PMTUDISC_PROBE)
        for _ in range(3):
            try:
                wire.sendto(packet, (host, 0))
            except OSError:  # longer than our own interface takes
                return False
            if _answered(wire, host, number, size):
                return True
    return False


def _echo_request(number: int, size: int) -> bytes:
    body = bytes(size)
    total = 8 << 8
    total += number + 1
    total = (total & 0xFFFF) + (total >> 16)  # RFC 1071; the body is zeros
    return struct.pack(">BBHHH", 8, 0, ~total & 0xFFFF, number, 1) + body


def _answered(wire: socket.socket, host: str, number: int, size: int) -> bool:
    until = time.monotonic() + 0.4
    while (left := until - time.monotonic()) > 0:
        if select.select([wire], [], [], left)[0]:
            packet, (sender, _) = wire.recvfrom(65535)
            head = (packet[0] & 15) * 4
            kind, _, _, its = struct.unpack(">BBHH", packet[head : head + 6])
            if (kind, its, sender, len(packet)) == (0, number, host, size):
                return True
    return False
