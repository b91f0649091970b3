"""The guard over the two translations that every machine has: built once for each worker."""

from __future__ import annotations

from functools import cache

import pytest

from fakes.quotations.held import references, texts
from rackhouse.services.study.model.guard.guard import Guard


@cache
def _guard() -> Guard:
    return Guard(texts(), references)


@pytest.fixture(scope="session")
def guard() -> Guard:
    return _guard()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One worker has them all, so that the index is built once."""
    for item in items:
        if "/study/guard/" in item.path.as_posix():
            item.add_marker(pytest.mark.xdist_group("guard"))
