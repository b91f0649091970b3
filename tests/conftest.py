"""For every test: an environment that the developer's own does not leak into."""

from __future__ import annotations

import os

import pytest


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("RACKHOUSE_"):
            monkeypatch.delenv(name)
