"""The gateway's own PostgreSQL."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Final

from rackhouse.kit.postgres import database
from rackhouse.kit.postgres.database import Database
from rackhouse.kit.postgres.migrate import Migrations

MIGRATIONS: Final = Migrations("gateway", Path(__file__).parent / "migrations")


def opened(url: str) -> AbstractAsyncContextManager[Database]:
    """As `kit.postgres`, with the gateway's tables."""
    return database.opened(url, MIGRATIONS)
