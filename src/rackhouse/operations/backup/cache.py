"""Redis in a backup: every key as the server itself serialises it (DUMP), with its time to live."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import redis

from rackhouse.operations.backup.bundle import BundleWriter

_KEYS = "cache/keys.jsonl"


def connect(address: Mapping[str, str]) -> redis.Redis:
    """A connection of the administrator's."""
    return redis.Redis(
        host=address["host"],
        port=int(address["port"]),
        username=address["user"],
        password=address["password"],
    )


def dump(client: redis.Redis, bundle: BundleWriter, scratch: Path) -> None:
    """Put every key into the bundle. A key that changes meanwhile is there as it was or is."""
    file = scratch / "keys.jsonl"
    with file.open("w") as out:
        for key in _keys(client):
            value, expires = _taken(client, key)
            if value is not None:
                row = {"key": _text(key), "value": _text(value), "expires": expires}
                out.write(json.dumps(row) + "\n")
                bundle.sums[_name(key)] = _sum(client, key)
    bundle.add_file(_KEYS, file)
    file.unlink()


def load(client: redis.Redis, folder: Path) -> None:
    """Fill an empty Redis from an unpacked bundle."""
    with (folder / _KEYS).open() as rows:
        for line in rows:
            row = json.loads(line)
            key, value = base64.b64decode(row["key"]), base64.b64decode(row["value"])
            client.restore(key, row["expires"], value, replace=True, absttl=row["expires"] > 0)


def sums(client: redis.Redis) -> dict[str, str]:
    """`cache/<key>` -> a checksum of its content that knows no order where Redis knows none."""
    return {_name(key): _sum(client, key) for key in _keys(client)}


def _keys(client: redis.Redis) -> Iterator[bytes]:
    return iter(sorted(set(client.scan_iter(count=1000))))


def _taken(client: redis.Redis, key: bytes) -> tuple[bytes | None, int]:
    with client.pipeline(transaction=True) as pipe:
        pipe.dump(key)
        pipe.execute_command("PEXPIRETIME", key)
        value, expires = pipe.execute()
    return value, max(0, expires)


def _sum(client: redis.Redis, key: bytes) -> str:
    kind = _word(client.type(key))
    content: Any = _READERS[kind](client, key) if kind in _READERS else client.dump(key)
    return f"{kind} {hashlib.sha256(repr(content).encode()).hexdigest()[:32]}"


_READERS: Mapping[str, Any] = {
    "string": lambda client, key: client.get(key),
    "list": lambda client, key: client.lrange(key, 0, -1),
    "set": lambda client, key: sorted(client.smembers(key)),
    "hash": lambda client, key: sorted(client.hgetall(key).items()),
    "zset": lambda client, key: client.zrange(key, 0, -1, withscores=True),
    "stream": lambda client, key: client.xrange(key),
}


def _name(key: bytes) -> str:
    return "cache/" + key.decode(errors="backslashreplace")


def _word(answer: bytes | str) -> str:
    return answer.decode() if isinstance(answer, bytes) else answer


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
