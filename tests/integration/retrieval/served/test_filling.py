"""Collections, documents and jobs over HTTP."""

from __future__ import annotations

import base64
import json
from typing import Any

from fakes.models.desk import Desk
from fakes.models.script import Act, Does
from fakes.models.waiting import until
from fakes.pdfs import pdf

from .conftest import KEYS, Service, given


def test_documents_go_in_and_are_found_with_their_spans(service: Service) -> None:
    made = service.put(language="en")
    assert (made["state"], made["model"], made["language"]) == ("ready", "chat", "en")
    source = "# Grace\n\nBy grace ye are saved.\n\n# Works\n\nNot of works."
    job = service.post(
        {"id": "a/b", "media": "markdown", "title": "Letters", "content": source},
        {"id": "p", "media": "pdf", "content_base64": base64.b64encode(pdf("Peace.")).decode()},
    )
    assert (job["state"], job["read"], job["passages"], job["embedded"]) == ("done", 2, 3, 3)
    (hit,) = service.search("works")["hits"][:1]
    ((start, end),) = hit["spans"]
    assert (hit["document"], hit["title"], hit["headings"]) == ("a/b", "Letters", ["Works"])
    assert source[start:end] == hit["texts"]["text"]
    assert hit["signals"]
    kept = service.client.get("/v1/collections/c/documents/a/b").json()
    assert [each["id"] for each in kept["passages"]] == ["a/b#0", "a/b#1"]
    assert kept["content"] == source
    found = service.client.get("/v1/collections/c").json()
    assert (found["documents"], found["texts"], found["embedded"]) == (2, 3, 3)
    assert [
        each["name"] for each in service.client.get("/v1/collections").json()["collections"]
    ] == ["c"]


def test_what_is_removed_is_not_found_any_more(service: Service) -> None:
    service.put()
    service.post(given("d", one="grace"), given("e", two="grace"))
    assert {each["document"] for each in service.search("grace")["hits"]} == {"d", "e"}
    assert service.client.delete("/v1/collections/c/documents/d").status_code == 204
    assert {each["document"] for each in service.search("grace")["hits"]} == {"e"}
    assert service.client.delete("/v1/collections/c/documents/d").status_code == 404
    assert service.client.delete("/v1/collections/c").status_code == 204
    answer = service.client.post("/v1/search", json={"collections": ["c"], "query": "grace"})
    assert answer.json()["error"]["code"] == "not_found"
    service.put()
    service.post(given("f", three="grace"))
    assert {each["document"] for each in service.search("grace")["hits"]} == {"f"}


def test_a_job_is_followed_to_its_end_and_again_from_where_it_was_heard(
    service: Service, gateway: Desk
) -> None:
    service.put()
    gateway.scripts["first"].acts.extend([Act(does=Does.ERROR, status=503)] * 3)
    body = {"documents": [given("d", one="grace")]}
    job = service.client.post("/v1/collections/c/documents", json=body).json()["job"]
    with service.client.stream("GET", f"/v1/jobs/{job}/events") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        lines = [line for line in answer.iter_lines() if line]
    ids = [int(line[4:]) for line in lines if line.startswith("id: ")]
    told = [json.loads(line[6:]) for line in lines if line.startswith("data: ")]
    assert ids == sorted(set(ids))
    assert told[-1]["state"] == "done"
    assert told[-1]["embedded"] == told[-1]["texts"] == 1
    heard = {"last-event-id": str(ids[-2] if len(ids) > 1 else 0)}
    with service.client.stream("GET", f"/v1/jobs/{job}/events", headers=heard) as answer:
        again = [line for line in answer.iter_lines() if line.startswith("data: ")]
    assert len(again) == 1


def test_two_tenants_have_nothing_in_common(service: Service) -> None:
    service.put()
    job = service.client.post(
        "/v1/collections/c/documents", json={"documents": [given("d", one="grace")]}
    ).json()["job"]
    service.ended(job)
    other = service.of("notes")
    search = {"collections": ["c"], "query": "grace"}
    for method, path, body in (
        ("GET", "/v1/collections/c", None),
        ("DELETE", "/v1/collections/c", None),
        ("GET", "/v1/collections/c/documents/d", None),
        ("DELETE", "/v1/collections/c/documents/d", None),
        ("POST", "/v1/collections/c/documents", {"documents": [given("d", one="x")]}),
        ("GET", f"/v1/jobs/{job}", None),
        ("GET", f"/v1/jobs/{job}/events", None),
        ("POST", "/v1/search", search),
    ):
        answer = service.client.request(method, path, json=body, headers=other)
        assert answer.status_code == 404, (method, path)
    assert service.client.get("/v1/collections", headers=other).json() == {"collections": []}
    service.client.put("/v1/collections/c", json={}, headers=other)
    assert service.client.post("/v1/search", json=search, headers=other).json()["hits"] == []
    assert len(service.search("grace")["hits"]) == 1


def test_what_is_a_persons_is_found_for_that_person_alone(service: Service) -> None:
    service.put()
    service.post(given("all", one="grace"), given("hers", two="grace") | {"owner": "ana"})
    assert [each["document"] for each in service.search("grace")["hits"]] == ["all"]
    assert len(service.search("grace", owner="ana")["hits"]) == 2
    assert len(service.search("grace", owner="ben")["hits"]) == 1
    path = "/v1/collections/c/documents/hers"
    assert service.client.get(path).status_code == 404
    assert service.client.get(path, params={"owner": "ben"}).status_code == 404
    assert service.client.get(path, params={"owner": "*"}).status_code == 400
    assert service.client.get(path, params={"owner": "ana"}).json()["owner"] == "ana"
    assert service.client.delete(path).status_code == 404
    assert service.client.delete(path, params={"owner": "ana"}).status_code == 204


def test_a_key_that_is_nobodys_opens_nothing(service: Service) -> None:
    for key in ("nobody", KEYS["study"] + "x", KEYS["study"][:-1]):
        for method, path in (
            ("GET", "/v1/collections"),
            ("POST", "/v1/search"),
            ("GET", "/v1/jobs/1"),
            ("PUT", "/v1/collections/c"),
        ):
            answer = service.client.request(method, path, headers=service.of(key))
            assert answer.status_code == 401
            assert answer.json()["error"]["fix"]
    del service.client.headers["authorization"]
    assert service.client.get("/v1/collections").status_code == 401


def test_another_file_of_tenants_holds_at_once(service: Service) -> None:
    service.file.write_text(json.dumps({"tenants": [{"name": "new", "key": "k" * 16}]}))
    new = service.of("k" * 16)
    until(lambda: service.client.get("/v1/collections", headers=new).status_code == 200)
    assert service.client.get("/v1/collections").status_code == 401
    service.file.write_text("{")
    assert service.client.get("/v1/collections", headers=new).status_code == 200


def _sent(**more: Any) -> dict[str, Any]:
    return {"documents": [{"id": "d", "media": "text", "content": "x", **more}]}


_WRONG = (
    ({}, ""),
    ({"documents": []}, "documents"),
    (_sent(id=""), "documents[0].id"),
    (_sent(id="a\u0000"), "documents[0].id"),
    (_sent(media="word"), "documents[0].media"),
    (_sent(media="passages"), "documents[0]"),
    (_sent(media="pdf"), "documents[0]"),
    (_sent(content_base64="eA=="), "documents[0]"),
    (_sent(title="\u0000"), "documents[0].title"),
    (_sent(owner="*"), "documents[0].owner"),
    (_sent(attributes={"a": {}}), "documents[0].attributes[...]"),
    ({"documents": [given("d", one=" ")]}, "documents[0].passages[0].texts"),
    ({"documents": [given("d", one="x"), given("d", one="x")]}, "documents[1].id"),
)


def test_what_is_wrong_is_told_with_where(service: Service) -> None:
    wrong = [("/v1/collections/c/documents", *each) for each in _WRONG]
    wrong += [
        ("/v1/collections/C/documents", _sent(), "name"),
        ("/v1/search", {"collections": ["c"], "query": "x", "limit": 0}, "limit"),
        ("/v1/search", {"collections": [], "query": "x"}, "collections"),
        ("/v1/search", {"collections": ["c"], "query": "x", "more": 1}, ""),
    ]
    for path, body, param in wrong:
        answer = service.client.post(path, json=body)
        assert answer.status_code == 400, (path, body, answer.text)
        error = answer.json()["error"]
        assert error["fix"]
        assert (error["param"] or "") == param, body


def test_other_paths_and_methods_are_told(service: Service) -> None:
    assert service.client.get("/v1/none").json()["error"]["code"] == "not_found"
    assert service.client.get("/v1/search").json()["error"]["code"] == "not_allowed"
    assert service.client.get("/v1/jobs/none").status_code == 404
    assert service.client.get("/openapi.json").json()["openapi"] == "3.1.0"


def test_what_is_put_in_is_counted(service: Service) -> None:
    service.put()
    service.post(given("d", one="text one", two="text two"), given("e", three="text three"))
    bad = {"id": "bad", "media": "pdf", "content_base64": "bm8gcGRm"}
    service.post(bad)
    lines = service.client.get("/metrics").text.splitlines()
    counts = {line.split()[0]: float(line.split()[1]) for line in lines if line[0] != "#"}
    own = {
        key.removeprefix("rackhouse_retrieval_"): value
        for key, value in counts.items()
        if "ingest" in key or "_jobs" in key
    }
    assert own['ingest_documents_total{outcome="read"}'] == 2
    assert own['ingest_documents_total{outcome="refused"}'] == 1
    assert own["ingest_passages_total"] == 3
    assert own["ingest_texts_total"] == 3
    assert own['ingest_jobs_total{state="done"}'] == 2
    assert own['jobs{state="waiting"}'] == own['jobs{state="running"}'] == 0
    assert own['ingest_seconds_total{step="reading"}'] > 0
    assert own['ingest_seconds_total{step="embedding"}'] > 0
    assert service.client.get("/v1/collections/c").json()["index"] is None
