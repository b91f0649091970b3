"""Where a request goes, and how it is written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote, urlsplit

_PORTS = {"http": 80, "https": 443}
_PLAIN = "/?%:@!$&'()*+,;=~-._"
_VISIBLE = re.compile(r"[!-~]+")
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_OURS = ("content-length", "host", "transfer-encoding")  # two of them are two meanings


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
    if not parts.hostname.isascii():  # it can be written in ASCII in two ways: two machines
        raise ValueError("its host is written as xn--...")
    host = parts.hostname.encode("idna").decode()  # of any name: TLS refuses some
    if not _VISIBLE.fullmatch(host):
        raise ValueError("its host is no name")
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
    """The request. ValueError for a path or header that would begin another, or be no header."""
    parts = [_first(method, to, path)]
    for name, value in headers.items():
        if not value.isprintable():
            raise ValueError("a header has a line break in it, or the like")
        parts += (_named(name), value)
    if body or method == "POST":
        parts.append(f"\r\ncontent-length: {len(body)}")
    parts.append("\r\n\r\n")
    return "".join(parts).encode() + body


@lru_cache(256)
def _first(method: str, to: Target, path: str) -> str:
    """What every request there begins with."""
    asked = f"{to.path}{path}{to.query}" if to.path or path else f"/{to.query}"
    if not (asked.startswith("/") and _VISIBLE.fullmatch(asked) and _TOKEN.fullmatch(method)):
        raise ValueError("its path is none")
    return (
        f"{method} {asked} HTTP/1.1\r\nhost: {to.named}\r\n"
        "user-agent: rackhouse\r\naccept-encoding: identity"
    )


@lru_cache(256)
def _named(name: str) -> str:
    """A header up to its value."""
    if not _TOKEN.fullmatch(name) or name.lower() in _OURS:
        raise ValueError("a header has a name that none may have")
    return f"\r\n{name}: "
