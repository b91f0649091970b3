"""Redis in a backup: every key as the server itself serialises it (DUMP), with its time to live.

A key and its checksum are read in one transaction, so they agree however busy the server is.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import redis

from rackhouse.kit.errors import Unavailable
from rackhouse.operations.backup.bundle import BundleWriter, Sums

_KEYS, _FUNCTIONS = "cache/keys.jsonl", "cache/functions"
_AT_ONCE = 200
# How to read what a key holds, by its type; of any other type, DUMP is all there is.
_READ: Mapping[str, tuple[str, ...]] = {
    "string": ("GET",),
    "list": ("LRANGE", "0", "-1"),
    "set": ("SMEMBERS",),
    "hash": ("HGETALL",),
    "zset": ("ZRANGE", "0", "-1", "WITHSCORES"),
    "stream": ("XRANGE", "-", "+"),
}


@dataclass(frozen=True, slots=True)
class _Key:
    """A key as it was at one moment. `until` is in Unix milliseconds; 0 for ever."""

    name: bytes
    dump: bytes
    until: int
    sum: str


@dataclass(frozen=True, slots=True, repr=False)
class Cache:
    """All that one server holds, in every numbered database: a `Content`."""

    address: Mapping[str, str]  # host port user password

    def dump(self, bundle: BundleWriter) -> None:
        """Every key, and the functions."""
        file = bundle.scratch / "keys.jsonl"
        with file.open("w") as out:
            for database, key in self._keys():
                out.write(json.dumps([database, _text(key.name), _text(key.dump), key.until]))
                out.write("\n")
                bundle.sums[_name(database, key)] = key.sum
        bundle.add_file(_KEYS, file)
        file.unlink()
        with self._client(0) as client:
            bundle.add_bytes(_FUNCTIONS, client.function_dump())

    def load(self, unpacked: Path) -> None:
        """Fill an empty server. What has expired since does not come back."""
        with self._client(0) as client:
            client.execute_command("FUNCTION", "RESTORE", (unpacked / _FUNCTIONS).read_bytes())
        with (unpacked / _KEYS).open() as lines:
            rows = [json.loads(line) for line in lines]
        for database in sorted({row[0] for row in rows}):
            with self._client(database) as client:
                for key, dump, until in (row[1:] for row in rows if row[0] == database):
                    name, value = base64.b64decode(key), base64.b64decode(dump)
                    client.restore(name, until, value, replace=True, absttl=until > 0)

    def sums(self) -> Sums:
        """`cache/<database>/<key>` -> a checksum that knows no order where Redis knows none."""
        return {_name(database, key): key.sum for database, key in self._keys()}

    def _keys(self) -> Iterator[tuple[int, _Key]]:
        with self._client(0) as client:
            databases = sorted(int(name.removeprefix("db")) for name in client.info("keyspace"))
        for database in databases:
            with self._client(database) as client:
                names = sorted(set(client.scan_iter(count=1000)))
                for start in range(0, len(names), _AT_ONCE):
                    for key in _read(client, names[start : start + _AT_ONCE]):
                        yield database, key

    @contextmanager
    def _client(self, database: int) -> Iterator[redis.Redis]:
        a = self.address
        try:
            with redis.Redis(
                host=a["host"],
                port=int(a["port"]),
                db=database,
                username=a["user"],
                password=a["password"],
            ) as client:
                yield client
        except redis.RedisError as error:
            raise Unavailable(
                f"it cannot be read: {error}",
                where=f"Redis at {a['host']}:{a['port']}",
                fix="see `rackhouse status` and `rackhouse logs cache`",
            ) from error


def expired(told: str, now: float) -> bool:
    """Whether the key with that checksum has reached its end by `now` (Unix seconds)."""
    until = told.partition(" until ")[2]
    return bool(until) and int(until) <= now * 1000


def _read(client: redis.Redis, names: Sequence[bytes]) -> Iterator[_Key]:
    """The keys that are still there, all as they were at one moment."""
    with client.pipeline(transaction=False) as pipe:
        for name in names:
            pipe.type(name)
        kinds = pipe.execute()
    with client.pipeline(transaction=True) as pipe:
        for name, kind in zip(names, kinds, strict=True):
            command, *words = _READ.get(kind.decode(), ("DUMP",))
            pipe.type(name)
            pipe.dump(name)
            pipe.execute_command("PEXPIRETIME", name)
            pipe.execute_command(command, name, *words)
        told = iter(pipe.execute(raise_on_error=False))
    for name, kind in zip(names, kinds, strict=True):
        now, dump, until, content = islice(told, 4)
        if dump is None:
            continue
        if now == kind:
            until = max(0, until)
            yield _Key(name, dump, until, _sum(kind.decode(), content, until))
        else:  # since a moment ago, so it was read as what it is not
            yield from _read(client, [name])


def _sum(kind: str, content: Any, until: int) -> str:
    if isinstance(content, set | dict):
        content = sorted(content.items() if isinstance(content, dict) else content)
    told = f"{kind} {hashlib.sha256(repr(content).encode()).hexdigest()[:32]}"
    return f"{told} until {until}" if until else told


def _name(database: int, key: _Key) -> str:
    return f"cache/{database}/{key.name.decode(errors='backslashreplace')}"


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
