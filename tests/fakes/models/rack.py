"""What a rack tells its gateway, in most tests: one model, who answers it, one key."""

from __future__ import annotations

from typing import Any

from rackhouse.services.gateway.model.config import Candidate, Key, Named, Price

ABILITIES = ("chat", "embeddings", "rerank", "tools", "images", "schema")
SECRET = "sk-rack-test"
KEY = Key(name="hello.llm", application="hello", secret=SECRET)
NANO = Price(since="2026-01-01", input=10**6, output=10**6)  # a token


def model(*upstreams: str, **more: Any) -> Named:
    """The name `chat`, answered by upstreams of those names in that order. `more` says what is
    other than usual of it.
    """
    candidates = tuple(Candidate(upstream=name, rank=i) for i, name in enumerate(upstreams))
    return Named(**{"name": "chat", "candidates": candidates, **more})
