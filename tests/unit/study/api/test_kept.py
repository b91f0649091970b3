"""What people keep, as a program meets it."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

JSON = {"accept": "application/json"}


async def ask(client: httpx.AsyncClient, question: str, **more: Any) -> dict[str, Any]:
    body = {"question": question, **more}
    said = await client.post("/v1/ask", json=body, headers=JSON)
    assert said.status_code == 200, said.text
    told: dict[str, Any] = said.json()
    return told


def as_esther(client: httpx.AsyncClient) -> None:
    client.headers["Rackhouse-Identity"] = "esther"


async def test_a_conversation_goes_on_with_what_was_asked_before(client: httpx.AsyncClient) -> None:
    first = await ask(client, "who was swallowed by a great fish")
    id = first["conversation"]
    second = await ask(client, "why him?", conversation=id)
    assert second["conversation"] == id
    assert "great fish" in second["notes"][0]
    assert second["parts"][1]["reference"] == "Jonah 1:17"
    third = await ask(client, "and where?", conversation=id)
    assert third["notes"][0] == "Read as: and where? (who was swallowed by a great fish)"
    other = await ask(client, "what is said of love in John 3:16", conversation=id)
    assert not [each for each in other["notes"] if "Read as" in each]
    held = (await client.get(f"/v1/conversations/{id}")).json()
    assert [each["question"] for each in held["turns"]][:2] == [
        "who was swallowed by a great fish",
        "why him?",
    ]
    assert held["turns"][0]["answer"]["trace"]


async def test_what_is_not_to_be_kept_is_not(client: httpx.AsyncClient) -> None:
    told = await ask(client, "John 3:16", keep=False)
    assert told["conversation"] == ""
    assert (await client.get("/v1/conversations")).json() == {"conversations": []}


async def test_it_is_exported_and_deleted(client: httpx.AsyncClient) -> None:
    id = (await ask(client, "John 3:16 # <b>`bold`</b> [x](javascript:1)"))["conversation"]
    text = await client.get(f"/v1/conversations/{id}/export?format=markdown")
    assert text.headers["content-type"] == "text/markdown; charset=utf-8"
    assert text.headers["content-disposition"].endswith('.md"')
    assert "> **3:16** For God so loved the world" in text.text
    assert "<b>" not in text.text.replace("\\<b\\>", "")
    assert "[x]" not in text.text
    whole = await client.get(f"/v1/conversations/{id}/export")
    assert whole.json()["id"] == id
    assert (await client.get(f"/v1/conversations/{id}/export?format=exe")).status_code == 400
    assert (await client.delete(f"/v1/conversations/{id}")).status_code == 204
    for path in ("", "/export"):
        assert (await client.get(f"/v1/conversations/{id}{path}")).status_code == 404
    body = {"question": "love", "conversation": id}
    assert (await client.post("/v1/ask", json=body, headers=JSON)).status_code == 404


async def test_another_person_finds_nothing(client: httpx.AsyncClient) -> None:
    id = (await ask(client, "John 3:16. Remember that I teach children."))["conversation"]
    as_esther(client)
    assert (await client.get("/v1/conversations")).json() == {"conversations": []}
    assert (await client.get("/v1/memory")).json() == {"facts": []}
    for method, path in (
        ("GET", f"/v1/conversations/{id}"),
        ("DELETE", f"/v1/conversations/{id}"),
        ("GET", f"/v1/conversations/{id}/export"),
        ("POST", f"/v1/conversations/{id}/shares"),
    ):
        assert (await client.request(method, path)).status_code == 404
    body = {"question": "love", "conversation": id}
    assert (await client.post("/v1/ask", json=body, headers=JSON)).status_code == 404


async def test_only_what_a_person_said_is_remembered_and_it_can_be_seen(
    client: httpx.AsyncClient,
) -> None:
    told = await ask(client, "Please remember that I teach children.")
    assert told["outcome"] == "noted"
    assert told["parts"] == [
        {
            "kind": "said",
            "text": "I will remember: I teach children.",
            "citations": [],
            "quotes": [],
            "support": None,
            "entailment": None,
        }
    ]
    await ask(client, "Remember the sabbath day, to keep it holy")
    await ask(client, "who was swallowed by a great fish")
    (fact,) = (await client.get("/v1/memory")).json()["facts"]
    assert fact["text"] == "I teach children"
    assert fact["sentence"] == "Please remember that I teach children."
    assert fact["conversation"] == told["conversation"]
    assert (await client.delete(f"/v1/memory/{fact['id']}")).status_code == 204
    assert (await client.delete(f"/v1/memory/{fact['id']}")).status_code == 404
    assert (await client.get("/v1/memory")).json() == {"facts": []}


async def test_facts_by_hand(client: httpx.AsyncClient) -> None:
    made = await client.post("/v1/memory", json={"text": "I read the ASV\u202e", "days": 3})
    assert made.status_code == 201
    assert made.json()["text"] == "I read the ASV"
    for wrong in ({"text": ""}, {"text": "x" * 301}, {"text": "x", "days": 0}, {"words": "x"}):
        assert (await client.post("/v1/memory", json=wrong)).status_code == 400


async def test_a_link_shows_a_frozen_copy_until_it_is_revoked(client: httpx.AsyncClient) -> None:
    id = (await ask(client, "John 3:16"))["conversation"]
    made = (await client.post(f"/v1/conversations/{id}/shares")).json()
    await ask(client, "Jonah 1:17", conversation=id)
    as_esther(client)
    shown = (await client.get(f"/v1/shared/{made['secret']}")).json()
    assert [each["question"] for each in shown["turns"]] == ["John 3:16"]
    assert shown["turns"][0]["answer"]["trace"] == []
    assert shown["turns"][0]["answer"]["conversation"] == ""
    for secret in ("", "x", made["secret"][:-1], made["secret"] + "x", made["id"]):
        assert (await client.get(f"/v1/shared/{secret}")).status_code == 404
    assert (await client.delete(f"/v1/shares/{made['id']}")).status_code == 404
    client.headers["Rackhouse-Identity"] = "ruth"
    assert [it["title"] for it in (await client.get("/v1/shares")).json()["shares"]] == [
        "John 3:16"
    ]
    assert (await client.delete(f"/v1/shares/{made['id']}")).status_code == 204
    assert (await client.get(f"/v1/shared/{made['secret']}")).status_code == 404


async def test_keys_are_told_once(client: httpx.AsyncClient) -> None:
    made = await client.post("/v1/tokens", json={"name": "laptop"})
    assert made.json()["secret"].startswith("study-")
    listed = await client.get("/v1/tokens")
    assert made.json()["secret"] not in listed.text
    assert (await client.delete(f"/v1/tokens/{made.json()['id']}")).status_code == 204
    assert (await client.get("/v1/tokens")).json() == {"tokens": []}


async def test_notes_and_highlights(client: httpx.AsyncClient) -> None:
    body = {"first": 43003016, "last": 43003017, "text": "mine\x00\n\n<script>\u202e"}
    note = (await client.post("/v1/notes", json=body)).json()
    assert note["text"] == "mine\n\n<script>"
    assert (
        await client.put("/v1/highlights/43003016", json={"colour": "green"})
    ).status_code == 204
    told = (await client.get("/v1/notes?first=43003001&last=43003036")).json()
    assert [each["text"] for each in told["notes"]] == ["mine\n\n<script>"]
    assert told["highlights"] == [{"verse": 43003016, "colour": "green"}]
    assert (await client.get("/v1/notes?first=1001001&last=1001002")).json()["notes"] == []
    changed = await client.put(f"/v1/notes/{note['id']}", json={"text": "other"})
    assert changed.json()["text"] == "other"
    assert (await client.delete("/v1/highlights/43003016")).status_code == 204
    assert (await client.delete(f"/v1/notes/{note['id']}")).status_code == 204
    assert (await client.get("/v1/notes")).json() == {"notes": [], "highlights": []}


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/v1/notes", {"first": 43003099, "last": 43003099, "text": "x"}),
        ("POST", "/v1/notes", {"first": 43003017, "last": 43003016, "text": "x"}),
        ("POST", "/v1/notes", {"first": -1, "last": 2**70, "text": "x"}),
        ("POST", "/v1/notes", {"first": 43003016, "last": 43003016, "text": "\x00"}),
        ("POST", "/v1/notes", {"first": 43003016, "last": 43003016, "text": "x" * 20_001}),
        ("PUT", "/v1/highlights/43003016", {"colour": "url(x)"}),
        ("PUT", "/v1/highlights/43003099", {"colour": "green"}),
        ("GET", "/v1/notes?first=x", None),
        ("POST", "/v1/tokens", {"name": ""}),
    ],
)
async def test_what_is_wrong_is_refused(
    client: httpx.AsyncClient, method: str, path: str, body: Any
) -> None:
    said = await client.request(method, path, json=body)
    assert said.status_code == 400
    assert said.json()["error"]["fix"]


async def test_everything_can_be_taken_along_and_forgotten(client: httpx.AsyncClient) -> None:
    await ask(client, "John 3:16. Remember that I teach.")
    await client.post("/v1/notes", json={"first": 1001001, "last": 1001001, "text": "x"})
    told = (await client.get("/v1/mine")).json()
    assert [len(told[it]) for it in ("conversations", "facts", "notes")] == [1, 1, 1]
    assert (await client.delete("/v1/mine")).status_code == 204
    told = (await client.get("/v1/mine")).json()
    assert not any(told.values())


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://elsewhere.example"},
        {"origin": "null"},
    ],
)
async def test_another_sites_page_does_nothing_in_ones_name(
    client: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    for method, path in (("DELETE", "/v1/mine"), ("POST", "/v1/ask"), ("POST", "/v1/tokens")):
        assert (await client.request(method, path, headers=headers)).status_code == 403
    fine = {"sec-fetch-site": "same-origin", "origin": "http://study"}
    assert (await client.delete("/v1/mine", headers=fine)).status_code == 204
