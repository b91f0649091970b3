"""Asks the name servers of this machine, each by itself: what they answer and how long it takes."""

from __future__ import annotations

import os
import socket
import struct
import time

from rackhouse.operations.hosts.there.read import text

_PORT, _PATIENCE = 53, 2.0  # seconds for an answer
_FILES = ("/run/systemd/resolve/resolv.conf", "/etc/resolv.conf")  # the first has no stub
_A, _IN, _RECURSE = 1, 1, 0x0100  # RFC 1035, 3.2.2 and 4.1.1
_MEANS = {2: "the server failed", 3: "there is no such name", 5: "the server refuses"}


def servers() -> list[str]:
    """Those that this machine asks, in order."""
    for path in _FILES:
        rows = (line.split() for line in (text(path) or "").splitlines())
        found = [row[1] for row in rows if len(row) > 1 and row[0] == "nameserver"]
        if found:
            return found
    return []


def resolve(names: list[str]) -> list[dict[str, object]]:
    """What the first server that answers says about each; `ms` is how long it took."""
    asked = servers()
    return [_first(asked, name) for name in names]


def _first(asked: list[str], name: str) -> dict[str, object]:
    answer: dict[str, object] = {"name": name, "error": "no name server is set"}
    for server in asked:
        began = time.monotonic()
        try:
            answer = {"name": name, "server": server, **ask(server, name)}
        except (OSError, IndexError, struct.error) as error:
            answer = {"name": name, "server": server, "error": _why(error)}
            continue
        answer["ms"] = (time.monotonic() - began) * 1000
        break
    return answer


def _why(error: Exception) -> str:
    if isinstance(error, socket.timeout):
        return f"no answer within {_PATIENCE:.0f} s"
    if isinstance(error, OSError):
        return (error.strerror or str(error)).lower()
    return "what it answers makes no sense"


def ask(server: str, name: str, port: int = _PORT) -> dict[str, object]:
    """`addresses`, or `error` where the server says that there are none. OSError: no answer."""
    number = os.urandom(2)
    labels = b"".join(bytes([len(label)]) + label for label in name.encode("idna").split(b"."))
    question = labels + b"\0" + struct.pack(">HH", _A, _IN)
    family = socket.AF_INET6 if ":" in server else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as wire:
        wire.settimeout(_PATIENCE)
        wire.connect((server, port))  # from nobody else is an answer taken
        wire.send(number + struct.pack(">HHHHH", _RECURSE, 1, 0, 0, 0) + question)
        reply = wire.recv(4096)
        while reply[:2] != number:
            reply = wire.recv(4096)
    return read(reply, len(question))


def read(reply: bytes, asked: int) -> dict[str, object]:
    """A reply to one question of `asked` bytes."""
    flags, _, answers = struct.unpack(">HHH", reply[2:8])
    code = flags & 15
    if code:
        return {"error": _MEANS.get(code, f"the server answers with error {code}")}
    found, at = [], 12 + asked
    for _ in range(answers):
        at = _past_name(reply, at)
        kind, _, _, size = struct.unpack(">HHIH", reply[at : at + 10])
        at += 10
        if kind == _A:
            found.append(socket.inet_ntoa(reply[at : at + size]))
        at += size
    return {"addresses": found} if found else {"error": "the name has no address"}


def _past_name(reply: bytes, at: int) -> int:
    while reply[at] and reply[at] < 0xC0:  # a label; else the end, or a pointer of two bytes
        at += reply[at] + 1
    return at + (2 if reply[at] else 1)
