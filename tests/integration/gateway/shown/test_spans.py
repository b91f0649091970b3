"""A client's trace goes through the gateway, to its upstream and to the collector, over HTTP."""

from __future__ import annotations

import asyncio
import functools
import json
import time
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fakes.models.desk import desk
from fakes.models.rack import SECRET
from fakes.models.serving import served
from rackhouse.services.gateway import wiring
from rackhouse.services.gateway.api.app import create
from rackhouse.services.gateway.settings import Settings, Spans

pytestmark = pytest.mark.slow
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


def test_a_trace_goes_through() -> None:
    came: list[tuple[str, Any]] = []

    async def collect(request: Request) -> Response:
        came.append((request.headers["x-tenant"], json.loads(await request.body())))
        return Response(b"{}")

    collector = Starlette(routes=[Route("/v1/traces", collect, methods=["POST"])])
    with served(collector) as url, desk(("first",)) as door:
        spans = Spans(url=f"{url}/v1/traces", headers={"x-tenant": "home"})
        opening = functools.partial(wiring.opened, settings=Settings(spans=spans))
        with served(create(door.config, opening)) as gateway:
            headers = {
                "authorization": f"Bearer {SECRET}",
                "traceparent": f"00-{TRACE}-{7:016x}-01",
            }
            body = {"model": "chat", "messages": [{"role": "user", "content": "secret words"}]}
            answer = httpx.post(f"{gateway}/v1/chat/completions", json=body, headers=headers)
            end = time.monotonic() + 20
            while not came and time.monotonic() < end:
                asyncio.run(asyncio.sleep(0.05))
    tenant, said = came[0]
    span = said["resourceSpans"][0]["scopeSpans"][0]["spans"][0]
    assert (tenant, span["traceId"], span["parentSpanId"]) == ("home", TRACE, f"{7:016x}")
    passed = door.scripts["first"].asked[0]["headers"]["traceparent"]
    assert passed == f"00-{TRACE}-{span['spanId']}-01"
    assert span["spanId"] == answer.headers["x-request-id"][:16]
    assert "secret words" not in json.dumps(said)
