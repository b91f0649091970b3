"""A console over a prepared rack, for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from unit.console.desk import Bench, bench


@pytest.fixture
def console(tmp_path: Path) -> Iterator[Bench]:
    with bench(tmp_path) as made:
        yield made
