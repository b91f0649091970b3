"""What the process is told, and that a password in an address is never repeated."""

from __future__ import annotations

from pathlib import Path

import pytest

from rackhouse.kit.errors import UsageError
from rackhouse.services.retrieval import settings

BASE = {"DATABASE_URL": "postgresql://db"}


def test_what_is_said_is_taken() -> None:
    told = settings.read(
        {
            **BASE,
            "GATEWAY_URL": "http://gateway:80/v1/",
            "GATEWAY_KEY": "k",
            "GATEWAY_MODEL": "m",
            "RETRIEVAL_RESOLVERS": "scripture=http://s/v1/references, laws=https://l/find",
            "RETRIEVAL_TENANTS": "/run/tenants.json",
            "RETRIEVAL_LARGE": "5000",
            "RETRIEVAL_RECALL": "0.9",
            "PORT": "81",
        }
    )
    assert (told.gateway, told.key, told.model, told.port) == ("http://gateway:80/v1", "k", "m", 81)
    assert told.resolvers == {"scripture": "http://s/v1/references", "laws": "https://l/find"}
    assert told.tenants == Path("/run/tenants.json")
    assert (told.large, told.recall) == (5_000, 0.9)


def test_little_has_to_be_said() -> None:
    told = settings.read(BASE)
    assert (told.gateway, told.model, told.resolvers, told.reranker) == ("", "embed", {}, "")
    assert (told.large, told.recall) == (200_000, 0.95)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("DATABASE_URL", ""),
        ("GATEWAY_URL", "gateway"),
        ("GATEWAY_URL", "ftp://u:hidden@gateway"),
        ("GATEWAY_URL", "http://[hidden"),
        ("RETRIEVAL_RESOLVERS", "scripture"),
        ("RETRIEVAL_RESOLVERS", "=http://x"),
        ("RETRIEVAL_RESOLVERS", "s=hidden"),
        ("RETRIEVAL_LARGE", "hidden"),
        ("RETRIEVAL_LARGE", "-1"),
        ("RETRIEVAL_RECALL", "1.5"),
        ("RETRIEVAL_RECALL", "nan"),
        ("PORT", "x"),
    ],
)
def test_what_is_wrong_is_named_and_not_quoted(name: str, said: str) -> None:
    with pytest.raises(UsageError, match=name) as caught:
        settings.read({**BASE, name: said})
    assert "hidden" not in str(caught.value)
    assert caught.value.fix
