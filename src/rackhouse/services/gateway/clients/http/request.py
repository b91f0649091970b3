"""Where a request goes, and how it is written."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote, urlsplit

_PORTS = {"http": 80, "https": 443}
_PLAIN = "/?%:@!$&'()*+,;=~-._"


class Target(NamedTuple):
    """An address in parts. `path` comes before every path that is asked there, `query` behind."""

    tls: bool
    host: str
    port: int
    path: str
    query: str  # with its question mark, or ""
    named: str  # the header `host`


@lru_cache(256)
def target(url: str) -> Target:
    """ValueError for what is none, or names a person: a key is not written there."""
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname or "@" in parts.netloc:
        raise ValueError("it begins with http://HOST or https://HOST")
    host = parts.hostname
    if not host.isascii():
        host = host.encode("idna").decode()
    usual = _PORTS[parts.scheme]
    port = usual if parts.port is None else parts.port
    named = f"[{host}]" if ":" in host else host
    if port != usual:
        named += f":{port}"
    path, query = (quote(each, safe=_PLAIN) for each in (parts.path, parts.query))
    return Target(parts.scheme == "https", host, port, path, query and f"?{query}", named)


def written(
    method: str, to: Target, path: str, headers: Mapping[str, str], body: bytes = b""
) -> bytes:
    """The request. ValueError for a header that would begin another."""
    lines = [
        f"{method} {to.path + path or '/'}{to.query} HTTP/1.1",
        f"host: {to.named}",
        "user-agent: rackhouse",
        "accept-encoding: identity",
    ]
    for name, value in headers.items():
        lines.append(f"{name}: {value}")
    if method == "POST":
        lines.append(f"content-length: {len(body)}")
    head = "\r\n".join(lines)
    breaks = len(lines) - 1
    if head.count("\r") != breaks or head.count("\n") != breaks or "\0" in head:
        raise ValueError("a header has a line break in it")
    return head.encode("latin-1") + b"\r\n\r\n" + body
