"""Spans: whose trace they belong to, what they say, and that they wait within bounds."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackhouse.services.gateway.model.config import Kind
from rackhouse.services.gateway.model.entry import Entry, Tried
from rackhouse.services.gateway.model.trace import Trace
from rackhouse.services.gateway.service.telemetry import tracing
from rackhouse.services.gateway.service.telemetry.spans import request
from rackhouse.services.gateway.service.telemetry.tracing import Tracing
from rackhouse.services.gateway.settings import read

ID = "0123456789abcdef" * 2
PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def line(**more: Any) -> Entry:
    said = {"id": ID, "at": 1_000.5, "model": "chat", "task": "chat", "outcome": "answered"}
    return Entry(**{**said, "upstream": "forge", "seconds": 2.0, **more})


def span(one: Entry) -> dict[str, Any]:
    said = request([one], {"forge": Kind.OLLAMA}, "gateway")
    found: dict[str, Any] = said["resourceSpans"][0]["scopeSpans"][0]["spans"][0]
    return found


def attributes(of: Mapping[str, Any]) -> dict[str, Any]:
    return {each["key"]: next(iter(each["value"].values())) for each in of["attributes"]}


def test_a_clients_trace_is_gone_on_with() -> None:
    trace = Trace.of(PARENT, ID)
    assert trace.id == "4bf92f3577b34da6a3ce929d0e0e4736"
    assert trace.header == f"00-{trace.id}-{ID[:16]}-01"
    assert span(line(trace=PARENT))["parentSpanId"] == "00f067aa0ba902b7"


@given(st.text())
@pytest.mark.parametrize("wrong", ["", "00-" + "0" * 32 + PARENT[35:], "ff" + PARENT[2:]])
def test_what_is_no_trace_begins_one(wrong: str, text: str) -> None:
    for each in (wrong, text):
        assert Trace.of(each, ID) == (ID, ID[:16], "", True)
    assert "parentSpanId" not in span(line(trace=wrong))


def test_a_span_says_what_the_conventions_name() -> None:
    tried = (Tried(upstream="pi", why="cannot be reached", seconds=0.5),)
    one = span(line(input=10, output=5, cached=3, stream=True, tried=tried))
    said = attributes(one)
    assert one["name"] == "chat chat"
    assert (one["startTimeUnixNano"], one["endTimeUnixNano"]) == ("1000500000000", "1002500000000")
    assert said["gen_ai.provider.name"] == "ollama"
    assert said["gen_ai.operation.name"] == "chat"
    assert said["gen_ai.usage.input_tokens"] == "10"
    assert said["gen_ai.usage.cache_read.input_tokens"] == "3"
    assert attributes(one["events"][0])["rackhouse.upstream"] == "pi"
    assert "status" not in one
    failed = span(line(task="embedding", outcome="failed", status=502, error="nobody"))
    assert failed["status"] == {"code": 2, "message": "nobody"}
    assert attributes(failed)["error.type"] == "502"
    assert attributes(failed)["gen_ai.operation.name"] == "embeddings"


@given(st.text("0123456789abcdef", min_size=32, max_size=32), st.floats(0, 1), st.floats(0, 1))
def test_a_larger_share_keeps_what_a_smaller_one_keeps(id: str, one: float, other: float) -> None:
    trace = Trace.of("", id)
    assert trace.within(1.0)
    assert not trace.within(0.0)
    assert trace.within(max(one, other)) or not trace.within(min(one, other))
    unkept = Trace.of(PARENT[:-2] + "00", ID)
    assert not unkept.within(1.0)


async def test_what_the_collector_does_not_take_waits_within_bounds(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(tracing, "_MOST", 4)
    monkeypatch.setattr(tracing, "_AT_ONCE", 2)
    taken: list[str] = []
    well = False

    async def send(body: bytes) -> bool:
        spans = json.loads(body)["resourceSpans"][0]["scopeSpans"][0]["spans"]
        taken.extend(each["name"] for each in spans if well)
        return well

    spans = Tracing(send, {}, "gateway", 1.0)
    with caplog.at_level(logging.ERROR):
        for number in range(6):
            spans.hear([line(model=str(number))])
            await spans.flush()
    well = True
    await spans.flush()
    assert taken == ["chat 2", "chat 3", "chat 4", "chat 5"]
    assert [gauge.value for gauge in spans.gauges()] == [2]


async def test_what_is_being_sent_at_the_end_is_sent_once_more(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(tracing, "_PAUSE", 0.0)
    monkeypatch.setattr(tracing, "_LAST", 0.05)
    sending, hangs, taken = asyncio.Event(), True, 0

    async def send(body: bytes) -> bool:
        nonlocal taken
        sending.set()
        await asyncio.sleep(3600 * hangs)
        taken += len(json.loads(body)["resourceSpans"][0]["scopeSpans"][0]["spans"])
        return True

    spans = Tracing(send, {}, "gateway", 1.0)
    async with spans.running():
        spans.hear([line(), line()])
        await sending.wait()
        hangs = False
    assert (taken, caplog.text) == (2, "")
    hangs = True
    sending.clear()
    async with spans.running():
        spans.hear([line()])
        await sending.wait()
    assert "no collector took them in time: 1" in caplog.text


def test_where_spans_go_is_told_by_opentelemetrys_own_variables() -> None:
    assert read({}).spans.url == ""
    spans = read(
        {
            "OTEL_EXPORTER_OTLP_ENDPOINT": "http://tempo:4318/",
            "OTEL_EXPORTER_OTLP_HEADERS": "authorization=Bearer%20x, tenant=home",
            "OTEL_TRACES_SAMPLER_ARG": "0.1",
        }
    ).spans
    assert (spans.url, spans.share) == ("http://tempo:4318/v1/traces", 0.1)
    assert spans.headers == {"authorization": "Bearer x", "tenant": "home"}
