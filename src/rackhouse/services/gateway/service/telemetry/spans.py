"""A request as a span of OpenTelemetry, with the attributes of its conventions for generative AI,
in OTLP's JSON. Pure. What was said in a request is never in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rackhouse.services.gateway.model.config import Kind
from rackhouse.services.gateway.model.entry import Entry
from rackhouse.services.gateway.model.trace import Trace

_OPERATIONS = {"completion": "text_completion", "embedding": "embeddings", "response": "chat"}
_PROVIDERS = {Kind.BUILTIN: "rackhouse", Kind.COMPATIBLE: "openai", Kind.LLAMA_CPP: "llama_cpp"}
_CLIENT, _ERROR = 3, 2
_GOOD = ("answered", "left")


def request(lines: Sequence[Entry], kinds: Mapping[str, Kind], service: str) -> dict[str, Any]:
    """One export of many spans. `kinds` are those of the upstreams, by name."""
    return {
        "resourceSpans": [
            {
                "resource": {"attributes": _attributes({"service.name": service})},
                "scopeSpans": [
                    {
                        "scope": {"name": "rackhouse.gateway"},
                        "spans": [_span(line, kinds.get(line.upstream)) for line in lines],
                    }
                ],
            }
        ]
    }


def _span(line: Entry, kind: Kind | None) -> dict[str, Any]:
    trace = Trace.of(line.trace, line.id)
    operation = _OPERATIONS.get(line.task, line.task)
    span: dict[str, Any] = {
        "traceId": trace.id,
        "spanId": trace.span,
        "name": f"{operation} {line.model}",
        "kind": _CLIENT,
        "startTimeUnixNano": _nanos(line.at),
        "endTimeUnixNano": _nanos(line.at + line.seconds),
        "attributes": _attributes(_said(line, operation, kind)),
        "events": [
            {
                "name": "rackhouse.fallback",
                "timeUnixNano": _nanos(line.at + tried.seconds),
                "attributes": _attributes({"rackhouse.upstream": tried.upstream, "why": tried.why}),
            }
            for tried in line.tried
        ],
    }
    if trace.parent:
        span["parentSpanId"] = trace.parent
    if line.outcome not in _GOOD:
        span["status"] = {"code": _ERROR, "message": line.error}
    return span


def _said(line: Entry, operation: str, kind: Kind | None) -> dict[str, Any]:
    said: dict[str, Any] = {
        "gen_ai.operation.name": operation,
        "gen_ai.request.model": line.model,
        "gen_ai.usage.input_tokens": line.input,
        "gen_ai.usage.output_tokens": line.output,
        "rackhouse.upstream": line.upstream,
        "rackhouse.local": line.local,
        "rackhouse.key": line.key,
        "rackhouse.application": line.application,
        "rackhouse.outcome": line.outcome,
        "rackhouse.cost_nanos": line.cost,
        "rackhouse.queue_seconds": line.waited,
        "rackhouse.from_cache": line.again,
    }
    if kind:
        said["gen_ai.provider.name"] = _PROVIDERS.get(kind, kind.value)
    if line.cached:
        said["gen_ai.usage.cache_read.input_tokens"] = line.cached
    if line.stream:
        said["rackhouse.time_to_first_token_seconds"] = line.first
    if line.outcome not in _GOOD:
        said["error.type"] = str(line.status) if line.status != 200 else line.outcome
    return said


def _attributes(values: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"key": key, "value": _value(value)} for key, value in values.items()]


def _value(value: Any) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    return {"doubleValue": value} if isinstance(value, float) else {"stringValue": value}


def _nanos(seconds: float) -> str:
    return str(round(seconds * 1e9))
