"""The services together, each over HTTP: scripture with its two translations, retrieval with a real
PostgreSQL, and study, which fills the search and answers out of it. No model is anywhere.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from functools import partial

import httpx
import psycopg
import pytest

from fakes.models.serving import served
from fakes.stores import Store
from rackhouse.services.retrieval.settings import Settings as Retrieval
from rackhouse.services.retrieval.wiring import application
from rackhouse.services.scripture.api.app import create as scripture
from rackhouse.services.scripture.service.library import Library
from rackhouse.services.scripture.store import imports
from rackhouse.services.study import wiring
from rackhouse.services.study.api.app import create
from rackhouse.services.study.settings import Settings

pytestmark = pytest.mark.slow
KEY = "the-key-of-study"


@pytest.fixture(scope="module")
def study(
    _server: tuple[Store, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx.Client]:
    folder = tmp_path_factory.mktemp("whole")
    tenants = folder / "tenants.json"
    tenants.write_text(json.dumps({"tenants": [{"name": "study", "key": KEY}]}))
    held = imports.kept(folder / "texts", imports.packages())
    with served(scripture(Library(held))) as texts:
        searching = Retrieval(
            database_url=_vectors(_server[0]),
            tenants=tenants,
            resolvers={"scripture": f"{texts}/v1/references"},
        )
        with served(application(searching)) as search:
            told = Settings(
                scripture=texts,
                retrieval=search,
                retrieval_key=KEY,
                database=_server[1],
                person="ruth",
            )
            with (
                served(create(partial(wiring.opened, told))) as url,
                httpx.Client(base_url=url, timeout=60) as client,
            ):
                _until_filled(search, client)
                yield client


def _vectors(server: Store) -> str:
    """A database with pgvector, of a role that may do no more."""
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("CREATE ROLE retrieval LOGIN")
        connection.execute("CREATE DATABASE retrieval OWNER retrieval")
    own = server.url.replace("/postgres", "/retrieval")
    with psycopg.connect(own, autocommit=True) as connection:
        connection.execute("CREATE EXTENSION vector")
    return own.replace("//rackhouse@", "//retrieval@")


def _until_filled(search: str, client: httpx.Client) -> None:
    """Until all verses are there, and answer: what is read answers from what was there before."""
    headers = {"authorization": f"Bearer {KEY}"}
    for _ in range(300):
        said = httpx.get(f"{search}/v1/collections/scripture", headers=headers, timeout=60)
        if said.status_code == 200 and said.json()["passages"] == 31_102:
            told = asked(client, "I am Alpha and Omega, the beginning and the end", keep=False)
            whole = not any("not hold all of scripture" in each for each in told["notes"])  # type: ignore[attr-defined]
            if whole and any(each.startswith("Revelation") for each in references(told)):
                return
        time.sleep(0.5)
    raise AssertionError(said.text)


def asked(study: httpx.Client, question: str, **more: object) -> dict[str, object]:
    said = study.post(
        "/v1/ask",
        json={"question": question, **more},
        headers={"accept": "application/json"},
    )
    assert said.status_code == 200, said.text
    told: dict[str, object] = said.json()
    return told


def references(told: dict[str, object]) -> list[str]:
    return [each["reference"] for each in told["parts"] if each["kind"] == "quote"]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("question", "finds"),
    [
        ("who was swallowed by a great fish", "Jonah 1:17"),
        ("the king who could not sleep", "Esther 6:1"),
        ("the Lord is my shepherd I shall not want", "Psalm 23:1"),
        ("Jn 3:16-18", "John 3:16-18"),
        ("Salmo 23", "Psalm 23"),
        ("act justly, love mercy, walk humbly", "Micah 6:8"),
    ],
)
def test_a_passage_is_found_and_quoted(study: httpx.Client, question: str, finds: str) -> None:
    told = asked(study, question)
    assert told["outcome"] == "answered", told["trace"]
    assert any(each.startswith(finds) for each in references(told)), references(told)
    assert told["evidence"][0]["why"]["how"]  # type: ignore[index]
    terms = {each["id"]: each["attribution"] for each in told["translations"]}  # type: ignore[attr-defined]
    assert all(terms.values())


def test_of_a_chapter_what_the_question_is_about(study: httpx.Client) -> None:
    told = asked(study, "what does romans 8 say about the spirit")
    assert references(told)
    assert all(each.startswith("Romans 8:") for each in references(told))


def test_what_is_kept_is_there_and_a_passage_opens(study: httpx.Client) -> None:
    id = asked(study, "who was swallowed by a great fish")["conversation"]
    page = study.get(f"/ask/conversations/{id}").text
    assert "Jonah 1:17" in page
    assert "King James Version" in page
    assert "American Standard Version" in study.get("/ask/passages/JON.1.17?beside").text
