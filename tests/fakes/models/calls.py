"""Calls as the gateway's parts meet them, without a client."""

from __future__ import annotations

from uuid import uuid4

from rackhouse.services.gateway.model.call import Call, Caller, Task
from rackhouse.services.gateway.model.config import Limit


def caller(key: str = "hello.llm", *limits: Limit, person: str = "", **rates: int) -> Caller:
    """A caller with those limits."""
    return Caller(key=key, application="hello", person=person, limits=limits, **rates)  # type: ignore[arg-type]


def call(who: Caller, prompt: int = 100, answer: int = 100, model: str = "chat") -> Call:
    """A request that can use so many tokens."""
    return Call(
        id=uuid4().hex,
        caller=who,
        task=Task.CHAT,
        model=model,
        payload={},
        prompt=prompt,
        answer=answer,
    )
