"""What the process is told by its environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from rackhouse.kit.errors import UsageError
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


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("PORT", "eighty"),
        ("PORT", "-1"),
        ("PORT", "65536"),
        ("PORT", "²"),
        ("PORT", "9" * 5000),
        ("REDIS_URL", "localhost"),
        ("REDIS_URL", "redis://u:pa/ss@h:1"),
        ("REDIS_URL", "redis://:secret@"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://u:secret@host:4318"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "host:4318"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://[::1"),
    ],
)
def test_what_cannot_be_is_said_by_its_name(name: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        settings.read({name: said})
    assert (caught.value.where, bool(caught.value.fix)) == (name, True)
    assert said not in str(caught.value)  # an address may have a password in it


@pytest.mark.parametrize(
    "said", ["redis://127.0.0.1:6379/0", "rediss://ada:pa%2Fss@host", "unix:///run/valkey.sock", ""]
)
def test_an_address_of_a_redis(said: str) -> None:
    assert settings.read({"REDIS_URL": said}).redis_url == said
