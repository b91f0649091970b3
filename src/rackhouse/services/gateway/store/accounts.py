"""Accounts as PostgreSQL keeps them. They are written with the lines that they add up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rackhouse.services.gateway.model.account import Account, Sums

BETWEEN = """
SELECT day::text, key, application, person, model, upstream, local,
    requests, refused, failed, fallbacks, again, input, output, cached, nanos, unlogged
FROM account WHERE day BETWEEN %s AND %s
"""


def read(rows: Sequence[tuple[Any, ...]]) -> list[tuple[Account, Sums]]:
    """Each row's account and what it comes to."""
    cut = len(Account._fields)
    return [(Account(*row[:cut]), Sums(*row[cut:])) for row in rows]
