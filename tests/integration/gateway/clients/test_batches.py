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
from rackhouse.services.gateway.clients import sessions
from rackhouse.services.gateway.clients.failure import Failed
from rackhouse.services.gateway.clients.text_embeddings import TextEmbeddings
from rackhouse.services.gateway.clients.wire import Wire
from rackhouse.services.gateway.model.call import Call, Caller, Task
from rackhouse.services.gateway.model.config import Kind, Upstream

_TEXTS = ["a"] * (2 * BATCH)
_BUSY = Act(does=Does.ERROR, status=429)


@pytest.fixture(scope="module")
def script() -> Script:
    return Script()


@pytest.fixture(scope="module")
def upstream(script: Script) -> Iterator[Upstream]:
    with served(create(script)) as url:
        yield Upstream(name="one", kind=Kind.EMBEDDINGS, model="m", url=url, local=True)


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
    upstream: Upstream,
    task: Task,
    payload: dict[str, Any],
    worked: int,
    asked: bool,
) -> None:
    script.acts.extend([Act()] * worked + [_BUSY])
    call = Call(id="1", caller=Caller(key="k"), task=task, model="m", payload=payload)
    async with sessions.opened() as pools:
        with pytest.raises(Failed) as caught:
            await TextEmbeddings(Wire(pools)).ask(upstream, call)
    assert caught.value.status == 429
    assert caught.value.asked is asked
