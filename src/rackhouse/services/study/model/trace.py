"""What was done for an answer, step by step: kept with it, and shown."""

from __future__ import annotations

from msgspec import Struct


class Step(Struct, frozen=True, kw_only=True):
    """`kind` is plan, look_up, search, ask, tool, supported, dropped, blocked, corrected, limit or
    compose; `what` says it in words; `ms` is how long it took.
    """

    kind: str
    what: str
    detail: str = ""
    ms: int = 0
