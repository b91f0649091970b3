"""`/v1/responses` is passed on as it is, whole and in steps."""

from __future__ import annotations

import json
from collections.abc import Iterator

import httpx
import pytest

from fakes.models.rack import ABILITIES, KEY, SECRET, model
from fakes.models.serving import served
from fakes.models.verbatim import Verbatim
from rackhouse.services.gateway import wiring
from rackhouse.services.gateway.api.app import create
from rackhouse.services.gateway.model.config import Config, Kind, Upstream

_SAID = Verbatim()
_USAGE = {"input_tokens": 3, "output_tokens": 2}
_RESPONSE = {"id": "resp_1", "object": "response", "output": [{"type": "message"}], "usage": _USAGE}


def _event(name: str, **said: object) -> bytes:
    return f"event: {name}\ndata: {json.dumps({'type': name, **said})}\n\n".encode()


_WORDS = _event("response.output_text.delta", delta="a")
_LAST = _event("response.completed", response=_RESPONSE)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with served(_SAID) as address:
        one = Upstream(
            name="one", kind=Kind.VLLM, url=address, model="m", local=True, abilities=ABILITIES
        )
        config = Config(
            upstreams=(one,),
            models=(model("one"),),
            keys=(KEY,),
        )
        with served(create(config, wiring.opened)) as gateway:
            yield gateway


def _ask(url: str, **more: object) -> httpx.Response:
    headers = {"authorization": f"Bearer {SECRET}"}
    body = {"model": "chat", "input": "What?", **more}
    return httpx.post(f"{url}/v1/responses", json=body, headers=headers)


def test_a_response_is_passed_on(url: str) -> None:
    _SAID.says(json.dumps(_RESPONSE).encode())
    assert _ask(url).json() == _RESPONSE


def test_its_steps_are_passed_on_by_their_names(url: str) -> None:
    _SAID.says(_WORDS + _LAST, content_type="text/event-stream")
    assert _ask(url, stream=True).content == _WORDS + _LAST


def test_steps_without_the_last_one_broke_off(url: str) -> None:
    _SAID.says(_WORDS, content_type="text/event-stream")
    assert "broke off" in _ask(url, stream=True).text


def test_nothing_goes_on_when_nobody_waits(url: str) -> None:
    answer = _ask(url, background=True)
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "background")
