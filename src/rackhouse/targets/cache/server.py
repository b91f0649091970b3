"""One Valkey or Redis: commands as its administrator, and its errors in our words."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import redis.exceptions as errors
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from rackhouse.kit.errors import HostError, Unavailable

_PATIENCE = 30.0  # seconds that it may take to read its data after a start


class Server:
    """Where it is, and how to come in. Connects when it is first asked, and again when cut off."""

    def __init__(self, host: str, port: int, user: str, password: str) -> None:
        self._where = f"Valkey at {host}:{port}"
        self._host, self._port, self._user, self._password = host, port, user, password
        self._client = self._open(0)

    async def ask(self, *words: str) -> Any:
        """What one command is answered. Waits while the server still reads its data."""
        deadline = asyncio.get_running_loop().time() + _PATIENCE
        async with self._in_words():
            while True:
                try:
                    return await self._client.execute_command(*words)
                except errors.BusyLoadingError:
                    if asyncio.get_running_loop().time() > deadline:
                        raise
                await asyncio.sleep(0.1)

    async def delete_keys(self, pattern: str) -> int:
        """Delete every key that matches, in every numbered database; how many there were."""
        count = 0
        keyspace = await self.ask("INFO", "keyspace")
        for database in sorted(int(name.removeprefix("db")) for name in keyspace):
            async with self._in_words(), self._open(database) as client:
                async for key in client.scan_iter(match=pattern, count=1000):
                    count += await client.unlink(key)
        return count

    async def close(self) -> None:
        """Let go of the connections."""
        await self._client.aclose()

    def _open(self, database: int) -> Redis:
        client: Redis = Redis(
            host=self._host,
            port=self._port,
            db=database,
            username=self._user,
            password=self._password,
            decode_responses=True,
            socket_connect_timeout=5,
            socket_timeout=30,
            retry=Retry(NoBackoff(), 1),  # once: a kept connection may have been cut meanwhile
        )
        return client

    @asynccontextmanager
    async def _in_words(self) -> AsyncIterator[None]:
        try:
            yield
        except errors.AuthenticationError as error:
            raise Unavailable(
                "it does not know the administrator's password",
                where=self._where,
                fix="restart it, so that it takes up the password of this rack: it may be "
                "another rack's",
            ) from error
        except (errors.ConnectionError, errors.TimeoutError) as error:
            raise Unavailable(
                f"it cannot be reached: {error}",
                where=self._where,
                fix="see `rackhouse status` and `rackhouse logs cache`",
            ) from error
        except errors.RedisError as error:
            raise HostError(
                f"it refused: {error}", where=self._where, fix="see `rackhouse logs cache`"
            ) from error
