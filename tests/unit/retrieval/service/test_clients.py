"""The gateway and resolvers as they may answer: well, wrongly, never. And their twins, likewise."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from fakes.models.serving import served
from fakes.stores import free_port
from rackhouse.services.retrieval.clients import sessions
from rackhouse.services.retrieval.clients.gateway import Gateway
from rackhouse.services.retrieval.clients.resolvers import Resolvers
from rackhouse.services.retrieval.model.asking import NoAnswer, Refused
from rackhouse.services.retrieval.service.embedding import Embedding
from rackhouse.services.retrieval.service.memory import OwnModels, OwnResolvers

Answer = Callable[[dict[str, Any]], Response]


def packed(*numbers: float) -> str:
    return base64.b64encode(np.array(numbers, "<f4").tobytes()).decode()


class Server:
    """Answers what it is told to; `asked` is what came."""

    def __init__(self) -> None:
        self.answer: Answer = lambda _: Response()
        self.asked: list[dict[str, Any]] = []
        self.url = ""

    async def __call__(self, request: Request) -> Response:
        body = await request.body()
        self.asked.append(json.loads(body) if body else dict(request.query_params))
        return self.answer(self.asked[-1])


@pytest.fixture(scope="module")
def _server() -> Iterator[Server]:
    server = Server()
    paths = ("/v1/embeddings", "/v1/rerank")
    routes = [Route(path, server.__call__, methods=["POST"]) for path in paths]
    routes.append(Route("/refs", server.__call__))
    with served(Starlette(routes=routes)) as url:
        server.url = url
        yield server


@pytest.fixture
def server(_server: Server) -> Server:
    _server.asked.clear()
    return _server


@pytest.fixture
async def gateway(server: Server) -> AsyncIterator[Gateway]:
    async with sessions.opened() as session:
        yield Gateway(session, server.url, "key")


def embeddings(*each: tuple[int, str]) -> Answer:
    data = [{"index": index, "embedding": it} for index, it in each]
    return lambda _: JSONResponse({"data": data})


async def test_vectors_are_of_length_one_and_in_order(server: Server, gateway: Gateway) -> None:
    server.answer = embeddings((1, packed(0, 2)), (0, packed(3, 4)))
    found = await gateway.embed("m", ["a", "b"], 5)
    assert [each.tolist() for each in found] == [pytest.approx([0.6, 0.8]), [0.0, 1.0]]
    assert server.asked == [{"model": "m", "input": ["a", "b"], "encoding_format": "base64"}]


@pytest.mark.parametrize(
    "answer",
    [
        lambda _: Response(b""),
        lambda _: Response(b"<html>"),
        embeddings(),
        embeddings((0, packed(1)), (0, packed(1))),
        embeddings((0, packed(1)), (1, packed(1, 1))),
        embeddings((0, ""), (1, "")),
        embeddings((0, packed(float("nan"))), (1, packed(1))),
        embeddings((0, "AAA"), (1, "AAA=")),
        lambda _: Response(status_code=503),
        lambda _: Response(status_code=429),
        lambda _: Response(b"[" * 100_000),
    ],
)
async def test_what_is_no_answer_may_be_asked_again(
    server: Server, gateway: Gateway, answer: Answer
) -> None:
    server.answer = answer
    with pytest.raises(NoAnswer):
        await gateway.embed("m", ["a", "b"], 5)


@pytest.mark.parametrize("status", [400, 401, 404, 307])
async def test_what_is_refused_is_told(server: Server, gateway: Gateway, status: int) -> None:
    headers = {"location": f"{server.url}/refs"}
    server.answer = lambda _: Response(b"why", status, headers)
    with pytest.raises(Refused, match=f"{status}: why"):
        await gateway.embed("m", ["a"], 5)
    assert len(server.asked) == 1  # it is not followed to where an answer points


async def test_what_went_wrong_is_told_in_words(server: Server, gateway: Gateway) -> None:
    said = {"error": {"message": "the embedder is starting", "type": "upstream"}}
    server.answer = lambda _: JSONResponse(said, 502)
    with pytest.raises(NoAnswer, match=r"502: the embedder is starting$"):
        await gateway.embed("m", ["a"], 5)


async def test_who_is_not_there_gives_no_answer() -> None:
    async with sessions.opened() as session:
        gateway = Gateway(session, f"http://127.0.0.1:{free_port()}", "key")
        with pytest.raises(NoAnswer, match="Connect"):
            await gateway.embed("m", ["a"], 5)


async def test_passages_are_scored(server: Server, gateway: Gateway) -> None:
    results = [{"index": 1, "relevance_score": 0.9}, {"index": 0, "relevance_score": 0.1}]
    server.answer = lambda _: JSONResponse({"results": results})
    assert await gateway.rerank("m", "q", ["a", "b"], 5) == [0.1, 0.9]
    with pytest.raises(NoAnswer):
        await gateway.rerank("m", "q", ["a"], 5)


async def test_references_are_those_of_the_resolver_that_is_named(server: Server) -> None:
    said = {"start": 0, "end": 5, "text": "Jn 3", "reference": "John 3", "ranges": [[1, 2]]}
    server.answer = lambda _: JSONResponse({"references": [said]})
    async with sessions.opened() as session:
        resolvers = Resolvers(session, lambda: {"scripture": f"{server.url}/refs"})
        (found,) = await resolvers.references("scripture", "Jn 3" + "x" * 9_000)
        assert (found.reference, found.ranges) == ("John 3", ((1, 2),))
        assert len(server.asked[0]["text"]) == 2_000
        with pytest.raises(Refused, match="no resolver is called"):
            await resolvers.references("other", "x")
        server.answer = lambda _: JSONResponse([])
        with pytest.raises(NoAnswer):
            await resolvers.references("scripture", "x")


async def test_twins_do_as_they_do() -> None:
    models, resolvers = OwnModels(), OwnResolvers()
    one, same, other = await models.embed("m", ["the word", "Word the.", "else"], 1)
    assert np.linalg.norm(one) == pytest.approx(1)
    assert one @ same == pytest.approx(1)
    assert one @ other < 0.99
    assert await models.rerank("m", "the word", ["a word", "the word"], 1) == [0.5, 1.0]
    assert await resolvers.references("any", "x") == ()
    models.away = resolvers.away = True
    for asked in (models.embed("m", ["x"], 1), resolvers.references("any", "x")):
        with pytest.raises(NoAnswer):
            await asked


class Choosy(OwnModels):
    async def embed(self, model: str, texts: Any, seconds: float) -> Any:
        if "no" in texts:
            raise Refused("400")
        return await super().embed(model, texts, seconds)


async def test_one_text_that_is_refused_is_near_nothing() -> None:
    waited: list[str] = []

    async def waits(why: str) -> None:
        waited.append(why)

    embedding = Embedding(Choosy(), "m", waits, (0.0,))
    found = await embedding.of(["a", "no", "b", "c", "no"])
    assert [bool(each.any()) for each in found] == [True, False, True, True, False]
    with pytest.raises(Refused):
        await embedding.of(["no", "no"])
    assert not waited
