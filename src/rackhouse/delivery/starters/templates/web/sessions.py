"""What is known of a visitor, in Redis, by a number that only the visitor's cookie has."""

import json
import secrets

from redis.asyncio import Redis

KEPT = 30 * 24 * 3600  # seconds after the last visit


class Sessions:
    """Texts by name, for each visitor. `store` is Redis, or whatever answers to get and set."""

    def __init__(self, store: Redis, prefix: str):
        self.store, self.prefix = store, prefix

    async def read(self, number: str) -> dict[str, str]:
        found = await self.store.get(f"{self.prefix}session:{number}") if number else None
        return json.loads(found) if found else {}

    async def write(self, number: str, session: dict[str, str]) -> str:
        """Keep it, and answer its number: a new one where there was none."""
        number = number or secrets.token_urlsafe(24)
        await self.store.set(f"{self.prefix}session:{number}", json.dumps(session), ex=KEPT)
        return number
