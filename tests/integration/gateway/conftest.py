"""A gateway with two scripted upstreams, which the tests of a file share. Of a file, and no longer:
a server in another thread draws from `random`, and hypothesis watches it.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from fakes.models.desk import Desk, desk


@pytest.fixture(scope="module")
def _both() -> Iterator[Desk]:
    with desk() as one:
        yield one


@pytest.fixture
def both(_both: Desk) -> Desk:
    """`first` answers, and `second` where it does not."""
    return _both.fresh()
