"""One method of a path, as it is described."""

from __future__ import annotations

from dataclasses import dataclass

from msgspec import Struct


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """`streams`: it may answer in server-sent events; `query` are parameters of the address."""

    path: str
    says: str
    method: str = "get"
    status: int = 200
    answer: type[Struct] | None = None
    body: type[Struct] | None = None
    streams: bool = False
    query: tuple[str, ...] = ()
    errors: tuple[int, ...] = (401, 503)
