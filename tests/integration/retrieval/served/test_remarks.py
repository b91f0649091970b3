"""What is said about passages: put in as they are, it lends them its words, and is never found."""

from __future__ import annotations

from typing import Any

from .conftest import Service, given

VERSES = given("LUK.15", **{"42015011": "a certain man had two sons", "42015024": "he was lost"})


def remark(text: str, *about: str, **more: Any) -> dict[str, Any]:
    passage = {"id": "1", "texts": {"own": text}, "about": about}
    return {"id": "comment", "media": "passages", "passages": [passage], **more}


def test_passages_are_found_by_what_is_said_about_them(service: Service) -> None:
    service.put()
    service.post(VERSES, given("LUK.16", **{"42016001": "a certain rich man had a steward"}))
    job = service.post(remark("The prodigal. A certain son comes home.", "42015011", "42015099"))
    assert (job["passages"], job["embedded"]) == (2, 2)
    first, *rest = service.search("the prodigal, a certain son")["hits"]
    assert first["passage"] == "42015011"
    assert "remarks" in first["signals"]
    assert {each["document"] for each in rest} == {"LUK.15", "LUK.16"}  # never the comment
    kept = service.client.get("/v1/collections/c/documents/comment").json()["passages"]
    assert [each["about"] for each in kept] == [["42015011", "42015099"]] * 2


def test_what_is_gone_lends_nothing(service: Service) -> None:
    service.put()
    service.post(VERSES, remark("The prodigal.", "42015011"))
    assert "remarks" in service.search("prodigal")["hits"][0]["signals"]
    assert service.client.delete("/v1/collections/c/documents/comment").status_code == 204
    service.post(given("more", **{"1": "more"}))  # so that all is read again
    assert "remarks" not in service.search("prodigal")["hits"][0]["signals"]


def test_a_remark_belongs_to_nobody(service: Service) -> None:
    service.put()
    answer = service.client.post(
        "/v1/collections/c/documents",
        json={"documents": [remark("The prodigal.", "42015011", owner="ada")]},
    )
    assert answer.status_code == 400
    assert "leave out the owner" in answer.text
