"""Notes, in PostgreSQL."""

from contextlib import asynccontextmanager

from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

COLUMNS = "id, text, written::text"


class Notes:
    """What the API keeps. A note is `{"id": 1, "text": "...", "written": "..."}`."""

    def __init__(self, pool: AsyncConnectionPool):
        self.pool = pool

    @classmethod
    @asynccontextmanager
    async def open(cls, url: str):
        pool = AsyncConnectionPool(
            url,
            min_size=1,
            max_size=4,
            open=False,
            kwargs={"row_factory": dict_row},
            check=AsyncConnectionPool.check_connection,  # PostgreSQL may have been started anew
        )
        async with pool:
            yield cls(pool)

    async def newest(self) -> list[dict]:
        return await self._rows(f"SELECT {COLUMNS} FROM note ORDER BY id DESC LIMIT 100")

    async def add(self, text: str) -> dict:
        (note,) = await self._rows(f"INSERT INTO note (text) VALUES (%s) RETURNING {COLUMNS}", text)
        return note

    async def remove(self, number: int) -> bool:
        return bool(await self._rows("DELETE FROM note WHERE id = %s RETURNING id", number))

    async def _rows(self, query: str, *values) -> list[dict]:
        async with self.pool.connection() as connection:
            return await (await connection.execute(query, values)).fetchall()
