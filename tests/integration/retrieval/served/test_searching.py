"""Search over HTTP: filters, references, and what is said when somebody is away."""

from __future__ import annotations

import contextlib
from dataclasses import replace

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from fakes.models.desk import Desk
from fakes.models.script import Act, Does
from fakes.models.serving import served
from fakes.models.waiting import until
from fakes.stores import Store
from rackhouse.services.retrieval import wiring
from rackhouse.services.retrieval.settings import Settings

from .conftest import Service, given

VERSES = given("JHN.3", **{"43003015": "whosoever believeth", "43003016": "God so loved"})


def test_filters_are_of_attributes(service: Service) -> None:
    service.put()
    passages = [
        {"id": str(n), "texts": {"own": "grace"}, "attributes": {"year": n, "even": n % 2 == 0}}
        for n in range(1, 6)
    ]
    service.post(
        {"id": "d", "media": "passages", "passages": passages, "attributes": {"kind": "letter"}}
    )
    for conditions, ids in (
        ({"year": 3}, "3"),
        ({"year": [1, 5, "x"]}, "15"),
        ({"year": {"gte": 2, "lte": 3}}, "23"),
        ({"year": {"gte": 4.5}}, "5"),
        ({"even": True}, "24"),
        ({"year": True}, ""),
        ({"kind": "letter", "even": False}, "135"),
        ({"kind": {"gte": "m"}}, ""),
        ({"none": 1}, ""),
    ):
        found = service.search("grace", filter=conditions)["hits"]
        assert "".join(sorted(each["passage"] for each in found)) == ids, conditions


def test_a_search_goes_over_several_collections(service: Service) -> None:
    for name in ("c", "d"):
        service.put(name)
        service.post(given(name, one="grace"), name=name)
    found = service.search("grace", "c", "d", "c", explain=False)["hits"]
    assert sorted(each["collection"] for each in found) == ["c", "d"]
    assert all(each["signals"] == {} for each in found)
    answer = service.client.post("/v1/search", json={"collections": ["c", "x"], "query": "grace"})
    assert answer.status_code == 404


def test_without_the_gateway_words_find_and_it_is_said(service: Service, gateway: Desk) -> None:
    service.put()
    service.post(given("d", one="grace", two="works"))
    assert service.search("grace")["degraded"] == []
    gateway.scripts["first"].always = Act(does=Does.ERROR, status=503)
    found = service.search("grace abounds")
    assert found["hits"][0]["passage"] == "one"
    assert "meaning" not in found["hits"][0]["signals"]
    (said,) = found["degraded"]
    assert said.startswith("meaning: the gateway does not answer for chat: 502")
    text = service.client.get("/metrics").text
    assert 'rackhouse_retrieval_searches_degraded_total{signal="meaning"} 1' in text
    assert "rackhouse_retrieval_held_passages 2" in text


def test_an_index_that_is_half_built_answers_from_what_is_there(
    service: Service, gateway: Desk
) -> None:
    service.put()
    service.post(given("d", one="grace"))
    gateway.scripts["first"].always = Act(does=Does.ERROR, status=503)
    body = {"documents": [given("e", two="grace and peace")]}
    service.client.post("/v1/collections/c/documents", json=body)
    until(lambda: len(service.search("grace")["hits"]) == 2)
    found = service.client.get("/v1/collections/c").json()
    assert (found["state"], found["embedded"], found["texts"]) == ("filling", 1, 2)
    assert len(found["jobs"]) == 1
    gateway.scripts["first"].always = Act()
    until(lambda: service.client.get("/v1/collections/c").json()["state"] == "ready")


def test_a_reranker_that_is_not_there_is_said(service: Service) -> None:
    service.put()
    service.post(given("d", one="grace"))
    found = service.search("grace", rerank=True)
    assert len(found["hits"]) == 1
    assert any("RETRIEVAL_RERANKER" in each for each in found["degraded"])


def test_while_postgresql_is_away_what_is_held_answers(service: Service, server: Store) -> None:
    service.put()
    service.post(given("d", one="grace"))
    assert service.search("grace")["hits"]
    assert service.client.get("/healthz").json() == {"status": "ok", "postgres": "ok"}
    server.kill()
    try:
        until(lambda: service.client.get("/healthz").json()["postgres"] == "away")
        assert service.search("grace")["hits"]
        answer = service.client.get("/v1/collections")
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "away")
        assert answer.headers["retry-after"]
    finally:
        server.start()
    until(lambda: service.client.get("/healthz").json()["postgres"] == "ok")
    service.post(given("e", two="grace"))
    assert len(service.search("grace")["hits"]) == 2


async def _references(request: Request) -> Response:
    said = request.query_params["text"]
    at = said.find("Jn 3:16")
    found = {"start": at, "end": at + 7, "text": "Jn 3:16", "reference": "John 3:16"}
    ranges = [[43003016, 43003016]]
    return JSONResponse({"references": [{**found, "ranges": ranges}] if at >= 0 else []})


def test_a_reference_in_the_query_is_a_lookup(settings: Settings, server: Store) -> None:
    with contextlib.ExitStack() as stack:
        resolving = stack.enter_context(served(Starlette(routes=[Route("/refs", _references)])))
        told = replace(settings, resolvers={"scripture": f"{resolving}/refs"})
        url = stack.enter_context(served(wiring.application(told)))
        client = stack.enter_context(httpx.Client(base_url=url, timeout=30))
        service = Service(client, settings.tenants)
        client.headers.update(service.of("study"))
        service.put(resolver="scripture")
        service.post(VERSES)
        service.post(given("hers", **{"43003016": "a note of hers"}) | {"owner": "ana"})
        found = service.search("what does Jn 3:16 say")
        assert {each["document"] for each in found["hits"]} == {"JHN.3"}
        hers = service.search("what does Jn 3:16 say", owner="ana")
        assert {each["document"] for each in hers["hits"][:2]} == {"JHN.3", "hers"}
        assert found["hits"][0]["passage"] == "43003016"
        assert "lookup" in found["hits"][0]["signals"]
        assert found["understood"]["lookup"] == [
            {"text": "Jn 3:16", "reference": "John 3:16", "ranges": [[43003016, 43003016]]}
        ]


def test_any_query_is_answered(service: Service) -> None:
    service.put(resolver="nobody")
    service.post(given("d", one="grace"))
    hostile = ("", " ", "\u0000", "\u05e9\u05dc\u05d5", "x" * 100_000, "\U0001f600", "a\u202e")
    for query in hostile:
        assert len(service.search(query)["hits"]) <= 1


def test_a_resolver_that_is_away_is_said(service: Service) -> None:
    answer = service.client.put("/v1/collections/c", json={"resolver": "unknown"})
    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == "resolver"
    assert "nobody" in answer.json()["error"]["fix"]
    service.put(resolver="nobody")
    service.post(given("d", one="grace"))
    assert [each.partition(":")[0] for each in service.search("grace")["degraded"]] == ["lookup"]
