"""Answers questions until nobody asks any more. Each is a length and a dictionary, as Python."""

from __future__ import annotations

import ast
import sys
import time

from rackhouse.operations.hosts.there import arp, health, line, names, system
from rackhouse.operations.hosts.there.read import tried

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

QUESTIONS: Mapping[str, Callable[..., Any]] = {
    "time": time.time,
    "facts": system.facts,
    "health": health.health,
    "resolve": names.resolve,
    "mtus": arp.mtus,
    "duplicates": arp.duplicates,
    "heard": arp.heard,
    "listen": line.listen,
    "call": line.call,
}


def serve() -> None:
    """Each answer is ten digits of how long it is, and it."""
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    while size := source.readline():
        question = ast.literal_eval(source.read(int(size)).decode())
        body = repr(_answer(question)).encode()
        sink.write(b"%010d" % len(body) + body)
        sink.flush()


def _answer(question: dict[str, Any]) -> object:
    measure = QUESTIONS[question.pop("do")]
    return tried(lambda: measure(**question))
