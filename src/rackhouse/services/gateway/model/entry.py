"""One line of the request log, flat: what is written, listed and followed. Frozen."""

from __future__ import annotations

import msgspec

from rackhouse.services.gateway.model.call import Attempt, Record


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """An upstream that was asked and did not answer to the end, and why."""

    upstream: str
    why: str
    seconds: float = 0.0


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """`number` orders what was written, 0 before it was. Times in seconds, `cost` in nanos; `asked`
    and `answer` are empty unless bodies are kept, and are masked and cut where they are.
    """

    id: str
    at: float
    key: str = ""
    application: str = ""
    person: str = ""
    model: str = ""
    task: str = ""
    kind: str = ""
    upstream: str = ""
    local: bool = False
    outcome: str = ""
    status: int = 200
    error: str = ""
    stream: bool = False
    input: int = 0
    output: int = 0
    cached: int = 0
    cost: int = 0
    waited: float = 0.0
    first: float = 0.0
    seconds: float = 0.0
    again: bool = False  # an exact answer given again
    trace: str = ""  # the client's traceparent
    tried: tuple[Tried, ...] = ()
    asked: str = ""
    answer: str = ""
    judged: float | None = None  # by verifiers or a judge; None: nothing could tell
    told: bool = False  # whoever asked said how good it was
    number: int = 0


def entry(record: Record) -> Entry:
    """The line of a request, without what was said in it."""
    usage = record.usage
    return Entry(
        id=record.id,
        at=record.at,
        key=record.key,
        application=record.application,
        person=record.person,
        model=record.model,
        task=str(record.task),
        kind=record.kind,
        upstream=record.upstream,
        local=record.local,
        outcome=str(record.outcome),
        status=record.status,
        error=record.error,
        stream=record.stream,
        input=usage.input,
        output=usage.output,
        cached=usage.cached,
        cost=record.cost,
        waited=record.waited,
        first=record.first,
        seconds=record.seconds,
        again=record.cached,
        trace=record.trace,
        judged=record.judged,
        tried=_tried(record.attempts) if record.attempts else (),
    )


def _tried(attempts: tuple[Attempt, ...]) -> tuple[Tried, ...]:
    return tuple(
        Tried(upstream=each.upstream, why=each.why, seconds=each.seconds)
        for each in attempts
        if each.why
    )
