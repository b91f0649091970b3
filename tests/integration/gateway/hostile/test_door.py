"""Whatever is sent to a door of the whole application, it is answered, and no fault of the server.

Nothing else runs meanwhile: a server in another thread would draw from `random` while hypothesis
watches it.
"""

from __future__ import annotations

import asyncio
import json

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Message

from fakes.models.rack import model
from rackhouse.services.gateway import wiring
from rackhouse.services.gateway.api.app import paths
from rackhouse.services.gateway.model.config import Config, Key, Kind, Upstream

_LEAF = st.none() | st.booleans() | st.integers() | st.text(st.characters(codec="utf-8"))
_JSON = st.recursive(
    _LEAF, lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=5), inner), max_leaves=8
)
_FIELDS = ("messages", "input", "prompt", "query", "documents", "stream", "n", "tools", "system")
_BODIES = st.dictionaries(st.sampled_from(_FIELDS), _JSON).map(lambda said: {**said, "model": "a"})
_POSTED = ("chat/completions", "completions", "embeddings", "responses", "rerank", "messages")
_NOBODY = "http://127.0.0.1:1"  # a port that refuses: what is understood is answered with a 502
_CONFIG = Config(
    upstreams=(Upstream(name="one", kind=Kind.VLLM, url=_NOBODY, model="m", local=True),),
    models=(model("one", name="a"),),
    keys=(Key(name="k", application="k", secret="sk-test"),),
)


async def _asked(path: str, body: bytes) -> httpx.Response:
    async with wiring.opened(_CONFIG) as gateway:
        transport = httpx.ASGITransport(paths(_CONFIG, gateway))
        headers = {"authorization": "Bearer sk-test"}
        async with httpx.AsyncClient(
            transport=transport, base_url="http://gateway", headers=headers
        ) as client:
            return await client.post(f"/v1/{path}", content=body)


@given(path=st.sampled_from(_POSTED), body=_BODIES | _JSON)
def test_no_body_is_a_fault_of_the_server(path: str, body: object) -> None:
    answer = asyncio.run(_asked(path, json.dumps(body).encode()))
    assert answer.status_code in (400, 404, 502)
    assert answer.json()["error"]["message"]


@pytest.mark.parametrize("path", [*_POSTED, "messages/count_tokens", "feedback"])
@pytest.mark.parametrize(
    "body",
    [b'{"model":"a","messages":[{"role":"user","content":"caf\xe9"}]}', b'{"id":"\xff","score":1}'],
)
def test_what_is_no_utf8_is_refused(path: str, body: bytes) -> None:
    answer = asyncio.run(_asked(path, body))
    assert answer.status_code == 400
    assert answer.json()["error"]["message"]


async def _left(path: str) -> list[Message]:
    """What is sent to a client that leaves when its body may look whole, and is not."""
    body = b'{"model":"a","messages":[{"role":"user","content":"x"}]}'
    received = [
        {"type": "http.request", "body": body, "more_body": True},
        {"type": "http.disconnect"},
    ]
    sent: list[Message] = []

    async def receive() -> Message:
        return received.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "query_string": b"",
        "headers": [(b"authorization", b"Bearer sk-test")],
    }
    async with wiring.opened(_CONFIG) as gateway:
        await paths(_CONFIG, gateway)(scope, receive, send)
    return sent


@pytest.mark.parametrize("path", [*_POSTED, "messages/count_tokens", "feedback"])
def test_nobody_is_asked_for_a_client_that_left_before_all_was_said(path: str) -> None:
    assert asyncio.run(_left(f"/v1/{path}")) == []
