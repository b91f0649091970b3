"""Why PostgreSQL cannot be reached. Its pool says so in its own log alone, a line a second."""

from __future__ import annotations

import logging
from typing import Final

import psycopg
from psycopg.conninfo import conninfo_to_dict

_UNREADABLE: Final = (
    "DATABASE_URL cannot be read: it is to be postgresql://USER:PASSWORD@HOST:PORT/NAME,"
    " with @, / and % in a password written %40, %2F and %25"
)
_PLAIN: Final = ("host", "port", "dbname")  # no part of a password belongs in them


class Reason(logging.Filter):
    """Keeps the last one, and the log free of them."""

    def __init__(self) -> None:
        super().__init__()
        self.last = ""

    def filter(self, record: logging.LogRecord) -> bool:
        """Errors alone are let by."""
        what, _, why = record.getMessage().partition(": ")
        if what.startswith("error connecting"):
            self.last = " ".join(why.split())
        return record.levelno >= logging.ERROR


def unreadable(url: str) -> str:
    """What is wrong with an address that does not say what it should, and whose reasons might show
    a part of its password; "" where it does.
    """
    try:
        read = conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        return _UNREADABLE
    return _UNREADABLE if any("@" in str(read.get(word, "")) for word in _PLAIN) else ""
