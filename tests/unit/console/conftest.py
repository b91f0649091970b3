"""A console over a prepared rack, for each test."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from unit.console.desk import Bench, bench


@pytest.fixture
def console(tmp_path: Path) -> Iterator[Bench]:
    with bench(tmp_path) as made:
        yield made


@pytest.fixture
def real_time(console: Bench) -> None:
    """The console's clock tells the time, for tokens that others check by it."""
    console.clock.now = time.time()
