"""Where the embedder's model lies, by what the process is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from rackhouse.services.gateway import settings


@pytest.mark.parametrize(
    ("told", "place"),
    [
        ({"GATEWAY_CACHE": "/data/models", "HOME": "/home/ada"}, "/data/models"),
        ({"XDG_CACHE_HOME": "/cache", "HOME": "/home/ada"}, "/cache/rackhouse/models"),
        ({"HOME": "/home/ada"}, "/home/ada/.cache/rackhouse/models"),
        ({}, ".cache/rackhouse/models"),
    ],
)
def test_the_cache(told: dict[str, str], place: str) -> None:
    assert settings.read(told).cache == Path(place)
