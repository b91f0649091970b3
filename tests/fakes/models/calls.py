"""Calls as the gateway's parts meet them, without a client; and what is noted of one."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from rackhouse.services.gateway.model.call import Call, Caller, Record, Task, Usage
from rackhouse.services.gateway.model.config import Limit


def caller(key: str = "hello.llm", *limits: Limit, person: str = "", **rates: int) -> Caller:
    """A caller with those limits."""
    return Caller(key=key, application="hello", person=person, limits=limits, **rates)  # type: ignore[arg-type]


def call(who: Caller, prompt: int = 100, answer: int = 100, **more: Any) -> Call:
    """A request that can use so many tokens. `more` says what is other than usual of it."""
    usual = {"id": uuid4().hex, "task": Task.CHAT, "model": "chat", "payload": {}}
    return Call(**{**usual, "caller": who, "prompt": prompt, "answer": answer, **more})


def record(id: str, at: float, **more: Any) -> Record:
    """What is noted of a request of the application `hello`."""
    usual = {"key": "hello.llm", "application": "hello", "person": "", "model": "chat"}
    usual |= {"task": Task.CHAT, "upstream": "first", "cost": 7}
    usage = Usage(input=10, output=5, known=True)
    return Record(**{**usual, "id": id, "at": at, "usage": usage, **more})
