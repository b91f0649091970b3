"""What an engine answers when it refuses, as an error with its mending. Pure."""

from __future__ import annotations

import re

from rackhouse.kit.errors import HostError, Missing, RackhouseError, Refused, Unavailable

_KNOWN: tuple[tuple[str, type[RackhouseError], str], ...] = (
    (
        r"port is already allocated|address already in use",
        HostError,
        "another container or program has that port: `docker ps` and `ss -ltnp` there show it",
    ),
    (
        r"could not select device driver",
        HostError,
        "NVIDIA's container toolkit is not there: write `gpu.toolkit` into the rack file",
    ),
    (r"no space left on device", HostError, "make room there: `docker system df` shows what is"),
    (
        r"manifest unknown|pull access denied|not found: manifest|name unknown",
        Missing,
        "look at the registry: is there such an image, and may that machine have it?",
    ),
    (
        r"TLS handshake|i/o timeout|connection refused|no such host|toomanyrequests|deadline",
        Unavailable,
        "can that machine reach the registry? An archive needs none",
    ),
    (
        r"has active endpoints|volume is in use",
        Refused,
        "remove the containers that use it first",
    ),
    (
        r"no such file or directory|executable file not found|permission denied",
        HostError,
        "is the command, and what it mounts, in the image and on that machine?",
    ),
)


def refusal(what: str, where: str, status: int, message: str) -> RackhouseError:
    """The error for an answer: what was asked for, and what the engine said to it."""
    said = _plainly(message)
    for pattern, error, fix in _KNOWN:
        if re.search(pattern, message, re.IGNORECASE):
            return error(f"{what}: {said}", where=where, fix=fix)
    error = Missing if status == 404 else HostError
    return error(f"{what}: {said} ({status})", where=where, fix="see the engine's own log there")


def _plainly(message: str) -> str:
    """The first line, without the engine's ids of sixty-four digits."""
    line = message.strip().partition("\n")[0]
    return re.sub(r"\b([0-9a-f]{12})[0-9a-f]{52}\b", r"\1", line)
