"""What a search finds, in the order of a model that reads it: through the real gateway, with a
scripted text-embeddings-inference behind it.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from fakes.models.desk import Desk, desk
from fakes.models.rack import SECRET
from fakes.models.script import Act, Does
from rackhouse.services.gateway.model.config import Kind
from rackhouse.services.retrieval.clients import sessions
from rackhouse.services.retrieval.clients.gateway import Gateway
from rackhouse.services.retrieval.service.asked import Found
from unit.retrieval.service.test_search import Room


@pytest.fixture(scope="module")
def _door() -> Iterator[Desk]:
    with desk(("only",), upstreams={"only": {"kind": Kind.EMBEDDINGS}}) as one:
        yield one


@pytest.fixture
def door(_door: Desk) -> Desk:
    return _door.fresh()


async def found(door: Desk, query: str, reranker: str) -> Found:
    async with sessions.opened() as session:
        models = Gateway(session, door.url, SECRET)
        return await Room().find(query, models=models, rerank=True, reranker=reranker)


async def test_the_model_that_reads_them_has_the_last_word(door: Desk) -> None:
    query = "the law was given by grace"
    told = await found(door, query, "chat")
    scores = [each.signals["rerank"] for each in told.hits]
    shared = [
        len({*query.split()} & {*it.passage.texts["own"].lower().split()}) for it in told.hits
    ]
    assert scores == sorted(scores, reverse=True)
    assert scores == pytest.approx([each / len(query.split()) for each in shared])
    assert "rerank" not in {each.partition(":")[0] for each in told.degraded}


@pytest.mark.parametrize("fault", ["away", "unknown"])
async def test_without_it_they_stay_in_their_order_and_that_is_said(door: Desk, fault: str) -> None:
    if fault == "away":
        door.scripts["only"].always = Act(does=Does.ERROR, status=500)
    told = await found(door, "the law was given by grace", "chat" if fault == "away" else "nobody")
    assert told.hits[0].passage.id == "3"
    assert "rerank" in {each.partition(":")[0] for each in told.degraded}
    assert not any("rerank" in each.signals for each in told.hits)
