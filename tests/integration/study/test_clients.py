"""The clients over real HTTP: against scripture itself, and against servers that are not well."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import msgspec
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from fakes.models.serving import served
from fakes.models.spoken import CHUNKED, LONG, Act, Server, serving
from rackhouse.kit.web.problem import Away
from rackhouse.services.scripture.api.app import create
from rackhouse.services.study.clients import http
from rackhouse.services.study.clients.http import Door, session
from rackhouse.services.study.clients.retrieval import RetrievalClient
from rackhouse.services.study.clients.scripture import ScriptureClient
from rackhouse.services.study.model import tools
from rackhouse.services.study.model.evidence import How
from rackhouse.services.study.model.found import Refused
from rackhouse.services.study.service.loop.tools import Tools
from rackhouse.services.study.service.memory import MemoryRetrieval
from unit.scripture.api.held import HELD, NOTED
from unit.scripture.companions.held import companions


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with served(create(HELD)) as one:
        yield one


@pytest.fixture
async def scripture(url: str) -> AsyncIterator[ScriptureClient]:
    async with session() as one:
        yield ScriptureClient(Door(one, "scripture", url))


async def test_it_reads_references_and_passages(scripture: ScriptureClient) -> None:
    canon = await scripture.canon()
    assert len(canon.books) == 66
    found = await scripture.references("as Jn 3:16-18; 4:2 and Salmo 23 say")
    ranges = [each for it in found for each in it.ranges]
    assert [canon.written(*each) for each in ranges] == ["John 3:16-18", "John 4:2", "Psalm 23"]
    told = await scripture.passages([*ranges, (65001005, 65001006)], ["one", "two"])
    assert [len(each[0].verses) for each in told] == [3, 1, 6, 2]
    assert [it.id for it in told[0][1].verses] == [43003016, 43003018]  # the one that two lacks
    assert told[0][0].verses[0].text == "one 43003016"


async def test_a_question_is_read_more_boldly(scripture: ScriptureClient) -> None:
    canon = await scripture.canon()
    asked = {
        "jn 3 16": "John 3:16",
        "Rev 3.20": "Revelation 3:20",
        "what does romans 8 say about the spirit": "Romans 8",
    }
    for text, written in asked.items():
        (found,) = await scripture.references(text, question=True)
        assert [canon.written(*each) for each in found.ranges] == [written]
    for text in ("who was Jonah in the 3rd year", "John 3:99"):
        assert not await scripture.references(text, question=True)
    assert not await scripture.references("of what romans 8 said about the spirit")


async def test_plain_words_and_names(scripture: ScriptureClient) -> None:
    told = await scripture.found("what is 43003016 one?", 5)
    assert told.hits[0].passage == "43003016"
    assert await scripture.spelt("one")
    assert not await scripture.spelt("Arzamon")


async def test_commentaries_are_read_whole() -> None:
    with served(create(NOTED)) as url:
        async with session() as one:
            client = ScriptureClient(Door(one, "scripture", url))
            notes, _ = await client.works()
            told = await client.comments(notes.id, (43003001, 43003020))
    assert (notes.kind, notes.language, notes.attribution) == ("commentary", "en", "Ours.")
    assert [(each.first, each.last, each.text) for each in told] == [
        (43003001, 43003015, "One\nSee Ro 8."),
        (43003016, 43003016, "So much."),
    ]


@pytest.mark.parametrize(
    ("name", "argument", "finds", "how", "says"),
    [
        (
            "cross_references",
            {"reference": "John 3:16"},
            ["Romans 5:8", "1 John 4:9-10"],
            How.LINKED,
            "",
        ),
        ("topic", {"subject": "Salvation"}, ["John 3:14-17"], How.TOPIC, ""),
        (
            "word_study",
            {"number": "g26"},
            ["John 3:16", "Romans 16:25"],
            How.WORD,
            "agape: love (WORDS). 3 times",
        ),
    ],
)
async def test_tools_find_in_what_is_installed(
    name: str, argument: dict[str, str], finds: list[str], how: How, says: str
) -> None:
    with served(create(NOTED, companions())) as url:
        async with session() as one:
            client = ScriptureClient(Door(one, "scripture", url))
            call = tools.read(name, msgspec.json.encode(argument).decode())
            found = await Tools(client, MemoryRetrieval({}), ["one", "two"]).run(call)
    assert [each.reference for each in found.passages] == finds
    assert {each.why.how for each in found.passages} == {how}
    assert all([it.translation for it in each.texts] == ["one", "two"] for each in found.passages)
    assert says in found.says


async def test_passages_of_nothing_ask_nobody(scripture: ScriptureClient) -> None:
    assert await scripture.passages([], ["one"]) == ()


async def test_a_refusal_is_told_in_the_services_words(scripture: ScriptureClient) -> None:
    with pytest.raises(Refused, match="no translation 'other'"):
        await scripture.passages([(43003016, 43003016)], ["other"])


async def test_retrieval_is_asked_with_its_key_and_read_leniently() -> None:
    asked = []

    async def search(request: Request) -> Response:
        asked.append((request.headers["authorization"], await request.json()))
        hit = {"collection": "scripture", "passage": "43003016", "spans": [], "new": 1}
        hit |= {"document": "JHN.3", "texts": {"kjv": "For"}, "score": 1, "terms": ["love"]}
        more = {"signals": {"words": 2.5}, "attributes": {}, "title": None}
        understood = {"lookup": [], "corrected": "love"}
        return JSONResponse({"hits": [hit | more], "understood": understood, "degraded": ["x"]})

    app = Starlette(routes=[Route("/v1/search", search, methods=["POST"])])
    with served(app) as url:
        async with session() as one:
            client = RetrievalClient(Door(one, "retrieval", url, "the-key"))
            told = await client.search("loev", limit=5, collections=("scripture",), owner="ruth")
    assert told.hits[0].signals == {"words": 2.5}
    assert (told.corrected, told.degraded) == ("love", ("x",))
    assert asked[0][0] == "Bearer the-key"
    assert asked[0][1]["owner"] == "ruth"


async def test_a_collection_is_settled_once_it_is_there_whole_and_nothing_is_under_way() -> None:
    states = [
        (404, {"error": {"message": "there is no collection 'scripture'"}}),
        (200, {"documents": 2, "jobs": []}),
        (200, {"documents": 3, "jobs": ["one"]}),
        (200, {"documents": 3, "jobs": []}),
    ]
    told = iter(states)

    async def state(_: Request) -> Response:
        status, body = next(told)
        return JSONResponse(body, status)

    app = Starlette(routes=[Route("/v1/collections/scripture", state)])
    with served(app) as url:
        async with session() as one:
            client = RetrievalClient(Door(one, "retrieval", url))
            said = [await client.settled("scripture", 3) for _ in states]
    assert said == [False, False, False, True]


@pytest.mark.parametrize(
    "said",
    [
        (Act.RESET,),
        (Act.CUT,),
        (b"HTTP/1.1 500 No\r\ncontent-length: 2\r\n\r\n{}",),
        (b"HTTP/1.1 307 No\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n",),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n{not}",),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n{}", Act.CUT),
        (b"\x00\xff garbage\r\n\r\n", Act.CUT),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 60000\r\n\r\n" + b"[" * 60_000,),
    ],
)
async def test_what_is_not_well_is_away(said: tuple[bytes | float | Act, ...]) -> None:
    server = Server(said)
    async with serving(server.handle) as url, session() as one:
        with pytest.raises(Away, match="scripture is away") as told:
            await ScriptureClient(Door(one, "scripture", url)).references("my secret sorrow")
    assert "sorrow" not in str(told.value)


async def test_silence_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "_PATIENCE", 0.2)
    server = Server((LONG,))
    async with serving(server.handle) as url, session() as one:
        with pytest.raises(Away):
            await Door(one, "scripture", url).get("/v1/books", dict)


async def test_an_answer_without_end_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "MOST", 10_000)
    server = Server((CHUNKED, *[b"400\r\n" + b"x" * 1024 + b"\r\n"] * 20, LONG))
    async with serving(server.handle) as url, session() as one:
        with pytest.raises(Away, match="no end"):
            await Door(one, "scripture", url).get("/v1/books", dict)


async def test_nobody_there_is_away() -> None:
    async with session() as one:
        with pytest.raises(Away):
            await Door(one, "scripture", "http://127.0.0.1:1").get("/v1/books", dict)
