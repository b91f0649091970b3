"""For every test: an environment that the developer's own does not leak into."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest
from hypothesis import settings

from lanes.groups import (  # noqa: F401 (which tests run in one worker)
    pytest_collection_modifyitems,
    pytest_runtest_logreport,
)
from lanes.summary import pytest_terminal_summary  # noqa: F401 (which lanes of Kubernetes ran)

# No deadline: a slow machine is no fault. No database: a checkout may be another account's.
settings.register_profile("quick", max_examples=40, deadline=None, database=None)
settings.register_profile(
    "thorough", max_examples=1000, deadline=None, database=None
)  # make test-all
settings.load_profile("quick")

# What a shell starts in the background ignores Ctrl-C, and so would all that tests start.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("RACKHOUSE_"):
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def _no_death_by_a_closed_pipe() -> Iterator[None]:
    """A test that left SIGPIPE as programs have it would have the next one kill the worker."""
    yield
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
