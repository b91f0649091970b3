"""What the process is told by its environment. Read once, at the start."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from rackhouse.kit import serving
from rackhouse.kit.errors import UsageError

MODEL = "embed"  # as a rack file calls one that makes vectors, most often


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`host` and `port` where it listens; `tenants` the file of who may ask; `gateway` where
    texts become vectors, "" for nowhere, with its `key` and the `model` of a collection that names
    none; `reranker` a model of the gateway that orders passages; `resolvers` by their name. The
    vectors of a collection of more than `large` passages stay in PostgreSQL, whose index answers
    where it finds the share `recall` of the nearest.
    """

    host: str = "127.0.0.1"
    port: int = 8080
    database_url: str = ""
    tenants: Path = Path("tenants.json")
    gateway: str = ""
    key: str = ""
    model: str = MODEL
    reranker: str = ""
    resolvers: Mapping[str, str] = field(default_factory=dict)
    large: int = 200_000
    recall: float = 0.95


def read(environment: Mapping[str, str] = os.environ) -> Settings:
    """From HOST, PORT, DATABASE_URL, RETRIEVAL_TENANTS, GATEWAY_URL, GATEWAY_KEY, GATEWAY_MODEL,
    RETRIEVAL_RERANKER, RETRIEVAL_RESOLVERS, RETRIEVAL_LARGE and RETRIEVAL_RECALL. UsageError.
    """
    if not environment.get("DATABASE_URL"):
        raise UsageError(
            "nothing is said of the database",
            where="DATABASE_URL",
            fix="say postgresql://USER:PASSWORD@HOST:PORT/NAME, of a PostgreSQL with pgvector",
        )
    return Settings(
        host=environment.get("HOST", "127.0.0.1"),
        port=serving.port(environment),
        database_url=environment["DATABASE_URL"],
        tenants=Path(environment.get("RETRIEVAL_TENANTS", "tenants.json")),
        gateway=_address("GATEWAY_URL", environment.get("GATEWAY_URL", "")),
        key=environment.get("GATEWAY_KEY", ""),
        model=environment.get("GATEWAY_MODEL") or MODEL,
        reranker=environment.get("RETRIEVAL_RERANKER", ""),
        resolvers=_resolvers(environment.get("RETRIEVAL_RESOLVERS", "")),
        large=round(_number(environment, "RETRIEVAL_LARGE", 200_000, 1e9)),
        recall=_number(environment, "RETRIEVAL_RECALL", 0.95, 1.0),
    )


def _number(environment: Mapping[str, str], name: str, usual: float, most: float) -> float:
    try:
        found = float(environment.get(name) or usual)
    except ValueError:
        found = -1.0
    if not 0 <= found <= most:
        raise UsageError("this is no such number", where=name, fix=f"say one from 0 to {most:g}")
    return found


def _resolvers(said: str) -> Mapping[str, str]:
    """`scripture=http://...`, apart by commas or spaces."""
    found = {}
    for each in said.replace(",", " ").split():
        name, _, url = each.partition("=")
        if not name or not url:
            raise UsageError(
                f"{name[:40]!r} has no address",
                where="RETRIEVAL_RESOLVERS",
                fix="say NAME=http://HOST:PORT/PATH, apart by commas",
            )
        found[name] = _address("RETRIEVAL_RESOLVERS", url)
    return found


def _address(where: str, said: str) -> str:
    """What is wrong with it is not quoted: there may be a password in it."""
    try:
        parts = urlsplit(said)
        good = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        good = False
    if said and not good:
        raise UsageError("this is no address", where=where, fix="say http://HOST:PORT/PATH")
    return said.rstrip("/")
