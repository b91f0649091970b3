"""The document of the interface says what the interface does."""

from __future__ import annotations

import json

import httpx
import jsonschema
import pytest

from rackhouse.services.scripture.api import openapi
from rackhouse.services.scripture.api.app import create
from unit.scripture.api.held import HELD

DOCUMENT = openapi.document()
EXAMPLES = [
    ("/v1/translations", "/v1/translations", "Translations"),
    ("/v1/passages", "/v1/passages?ref=John 3:16-18; 1 Cor 13&translation=one,two", "Passages"),
    ("/v1/books", "/v1/books", "Books"),
    ("/v1/books/{book}/chapters/{chapter}", "/v1/books/GEN/chapters/1", "Chapter"),
    ("/v1/references", "/v1/references?text=see Juan 3:16", "References"),
    ("/v1/plans", "/v1/plans", "Plans"),
    (
        "/v1/plans/{plan}/days/{date}",
        "/v1/plans/psalms-and-proverbs-in-a-month/days/2026-02-28",
        "PlanDay",
    ),
    ("/v1/days/{date}", "/v1/days/2026-12-24", "DayVerse"),
    ("/v1/random", "/v1/random?topic=hope&translation=two", "Chance"),
    ("/v1/search", "/v1/search?q=one&in=nt&limit=3&translation=one,two", "Search"),
    ("/v1/strongs/{number}", "/v1/strongs/g26?limit=1", "Strong"),
    ("/v1/works", "/v1/works", "Works"),
    ("/v1/works/{work}/entries", "/v1/works/notes/entries?ref=John 3", "Entries"),
]
ELSEWHERE = {"/v1/references/{ref}/cross", "/v1/topics", "/v1/topics/{topic}"}  # of companions


def test_each_path_is_described_and_no_other() -> None:
    there = {route.path for route in create(HELD).routes}  # type: ignore[attr-defined]
    assert set(DOCUMENT["paths"]) == {it for it in there if it.startswith(("/v1/", "/healthz"))}
    told = {path for path, _, _ in EXAMPLES}
    assert told == set(DOCUMENT["paths"]) - {"/healthz"} - ELSEWHERE


@pytest.mark.parametrize(("path", "asked", "name"), EXAMPLES)
async def test_what_is_answered_is_what_is_described(
    noted: httpx.AsyncClient, path: str, asked: str, name: str
) -> None:
    content = DOCUMENT["paths"][path]["get"]["responses"]["200"]["content"]
    assert content["application/json"]["schema"] == {"$ref": f"#/components/schemas/{name}"}
    whole = {"$ref": f"#/components/schemas/{name}", "components": DOCUMENT["components"]}
    jsonschema.validate((await noted.get(asked)).json(), whole)


async def test_errors_too(client: httpx.AsyncClient) -> None:
    whole = {"$ref": "#/components/schemas/Problem", "components": DOCUMENT["components"]}
    for path in ("/v1/passages?ref=Jhon 3", "/v1/nothing", "/v1/books/x/chapters/1"):
        jsonschema.validate((await client.get(path)).json(), whole)
    assert (await client.get("/openapi.json")).json() == json.loads(json.dumps(DOCUMENT))
