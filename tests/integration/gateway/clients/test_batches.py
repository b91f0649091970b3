"""text-embeddings-inference takes so many texts at once: what is asked in several goes, and fails
in one of them, has been worked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from fakes.models.script import Act, Does, Script
from fakes.models.serving import served
from fakes.models.text_embeddings import BATCH, create
from fakes.models.verbatim import Verbatim
from rackhouse.services.gateway.clients import sessions
from rackhouse.services.gateway.clients.failure import Failed
from rackhouse.services.gateway.clients.text_embeddings import TextEmbeddings
from rackhouse.services.gateway.clients.wire import Wire
from rackhouse.services.gateway.model.call import Call, Caller, Reply, Task
from rackhouse.services.gateway.model.config import Kind, Upstream

_TEXTS = ["a"] * (2 * BATCH)
_BUSY = Act(does=Does.ERROR, status=429)


@pytest.fixture(scope="module")
def script() -> Script:
    return Script()


@pytest.fixture(scope="module")
def url(script: Script) -> Iterator[str]:
    with served(create(script)) as address:
        yield address


@pytest.mark.parametrize(("worked", "asked"), [(0, False), (1, True)])
@pytest.mark.parametrize(
    ("task", "payload"),
    [
        (Task.EMBEDDING, {"input": _TEXTS}),
        (Task.RERANK, {"query": "a", "documents": _TEXTS}),
    ],
)
async def test_who_worked_for_one_of_them_has_been_asked(
    script: Script,
    url: str,
    task: Task,
    payload: dict[str, Any],
    worked: int,
    asked: bool,
) -> None:
    script.acts.extend([Act()] * worked + [_BUSY])
    with pytest.raises(Failed) as caught:
        await _ask(url, task, payload)
    assert caught.value.status == 429
    assert caught.value.asked is asked


@pytest.mark.parametrize("data", [b"5", b"[5]", b"[{}]", b'[{"index":"0"}]', b'"caf\xe9"'])
async def test_what_are_no_vectors_is_its_failure(data: bytes) -> None:
    garbage = Verbatim()
    garbage.says(b'{"data":' + data + b"}")
    with served(garbage) as url, pytest.raises(Failed, match="no vectors") as caught:
        await _ask(url, Task.EMBEDDING, {"input": _TEXTS})
    assert caught.value.asked


@pytest.mark.parametrize("said", ["9" * 5000, "9" * 100, "-1", "many"])
async def test_what_is_no_count_is_none(said: str) -> None:
    scored = Verbatim()
    scored.says(b'[{"index":0,"score":0.5}]', x_compute_tokens=said)
    with served(scored) as url:
        reply = await _ask(url, Task.RERANK, {"query": "a", "documents": ["a"]})
    assert (reply.usage.known, reply.usage.input) == (False, 0)


async def _ask(url: str, task: Task, payload: dict[str, Any]) -> Reply:
    upstream = Upstream(name="one", kind=Kind.EMBEDDINGS, model="m", url=url, local=True)
    call = Call(id="1", caller=Caller(key="k"), task=task, model="m", payload=payload)
    async with sessions.opened() as pools:
        return await TextEmbeddings(Wire(pools)).ask(upstream, call)
