"""The pages as a browser without a script meets them."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import httpx
import pytest

from rackhouse.services.study.service.memory import MemoryScripture

EVIL = "love <script>alert(1)</script> \"' & <img src=x onerror=y> {{ 7*7 }}"


async def post(client: httpx.AsyncClient, path: str, **fields: str) -> httpx.Response:
    return await client.post(path, data=fields)


async def follow(client: httpx.AsyncClient, path: str, **fields: str) -> httpx.Response:
    moved = await post(client, path, **fields)
    assert moved.status_code == 303, moved.text
    return await client.get(moved.headers["location"])


class Balanced(HTMLParser):
    """Every element is closed, in the order in which they were opened."""

    VOID = frozenset({"meta", "link", "input", "br", "hr", "img"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def whole(said: httpx.Response) -> Balanced:
    """It is well formed, has nothing of a script or style within, and is guarded."""
    page = Balanced()
    page.feed(said.text)
    assert not page.open
    assert all(tag != "script" or "src" in attrs for tag, attrs in page.seen)
    assert all(tag not in {"style", "img"} for tag, _ in page.seen)
    assert not any(name.startswith("on") or name == "style" for _, it in page.seen for name in it)
    ids = [attrs["id"] for _, attrs in page.seen if "id" in attrs]
    assert len(ids) == len(set(ids))
    assert "default-src 'none'" in said.headers["content-security-policy"]
    assert said.headers["cache-control"] == "no-store"
    return page


async def test_a_question_is_answered_by_a_form(client: httpx.AsyncClient) -> None:
    assert (await client.get("/")).headers["location"] == "/ask"
    whole(await client.get("/ask?q=love"))
    said = await follow(client, "/ask", question="who was swallowed by a great fish")
    whole(said)
    assert re.search(r"<mark>fish</mark>", said.text)
    assert "Jonah 1:17" in said.text
    assert "Why these verses" in said.text
    assert "What was done" in said.text  # the trace was kept
    assert "found by searching for" in said.text
    id = re.findall(r'name="conversation" value="([^"]+)"', said.text)[0]
    on = await follow(client, "/ask", question="and why?", conversation=id)
    assert "Read as: and why?" in on.text
    assert on.text.count('class="turn"') == 2


async def test_whatever_is_written_is_text(client: httpx.AsyncClient) -> None:
    said = await follow(client, "/ask", question=f"{EVIL}. Remember that I like {EVIL}")
    for path in ("/ask/history", "/ask/memory", "/ask"):
        whole(await client.get(path))
    whole(said)
    handed = await post(client, "/ask/handed/tokens", name=EVIL[:90])
    whole(handed)
    whole(await client.get("/ask/handed"))
    noted = await follow(client, "/ask/passages/JHN.3.16/notes", text=EVIL)
    assert "alert(1)" in noted.text
    whole(noted)
    assert "<script>alert" not in said.text + noted.text + handed.text
    assert "49" not in re.sub(r"[0-9a-f-]{36}", "", (await client.get("/ask/memory")).text)


async def test_what_is_not_to_be_kept_is_shown_once(client: httpx.AsyncClient) -> None:
    said = await post(client, "/ask", question="John 3:16", forget="on")
    assert said.status_code == 200
    assert "For God so loved" in said.text
    assert "asked nothing yet" in (await client.get("/ask/history")).text


async def test_a_passage_whole_and_beside(client: httpx.AsyncClient) -> None:
    page = await client.get("/ask/passages/JHN.3.16")
    whole(page)
    part = await client.get("/ask/passages/JHN.3.16?beside")
    assert "<html" not in part.text
    for each in (page, part):
        assert "For God so loved the world" in each.text
        assert '<p class="terms">ASV:' in each.text
        assert each.text.count('class="v around"') == 12
    for code in ("JHN.3.99", "PSA.151", "x", "%00", "JHN"):
        assert (await client.get(f"/ask/passages/{code}")).status_code == 404


async def test_a_passage_is_coloured_and_leads_to_its_chapter(client: httpx.AsyncClient) -> None:
    said = await follow(client, "/ask/passages/JHN.3.16-17/colour", colour="green")
    whole(said)
    assert said.text.count('class="v own-green"') == 4  # in two translations
    assert 'href="/read/JHN/3/16-17#v16"' in said.text
    marks = (await client.get("/ask/marks?first=43003001&last=43003036")).json()
    assert [each["verse"] for each in marks["highlights"]] == [43_003_016, 43_003_017]
    put = await client.put("/ask/marks/43003017", json={"colour": "blue"})
    assert put.status_code == 204
    said = await follow(client, "/ask/passages/JHN.3.16/colour", colour="")
    assert "own-green" not in said.text.partition('class="colours"')[0]
    assert "own-blue" in said.text.partition('class="colours"')[0]
    await follow(client, "/ask/passages/JHN.3.18/colour", colour="blue")
    await follow(client, "/ask/passages/JON.1.17/notes", text=EVIL)
    page = await client.get("/ask/notes")
    whole(page)
    assert re.findall(r'<a href="/ask/passages/([^"]+)"', page.text) == ["JON.1.17", "JHN.3.17-18"]
    for colour in ("beige", "green;x"):
        wrong = await post(client, "/ask/passages/JHN.3.16/colour", colour=colour)
        assert wrong.status_code == 400


async def test_by_itself_it_says_where_one_reads(client: httpx.AsyncClient) -> None:
    for path in ("/read/JHN/3", "/search", "/books"):
        said = await client.get(path)
        assert (said.status_code, "rackhouse open scripture" in said.text) == (404, True)


async def test_what_was_asked_is_taken_along(client: httpx.AsyncClient) -> None:
    said = await follow(client, "/ask", question="John 3:16")
    (export,) = re.findall(r'href="(/ask/conversations/[^"]+/export[^"]*)"', said.text)
    assert (await client.get(export)).text.startswith("# ")
    assert len((await client.get("/ask/mine")).json()["conversations"]) == 1


async def test_shared_and_revoked(client: httpx.AsyncClient) -> None:
    said = await follow(client, "/ask", question="John 3:16")
    id = re.findall(r'name="conversation" value="([^"]+)"', said.text)[0]
    handed = await post(client, f"/ask/conversations/{id}/share")
    (path,) = re.findall(r'href="(/ask/shared/[^"]+)"', handed.text)
    client.headers["Rackhouse-Identity"] = "esther"
    shown = await client.get(path)
    whole(shown)
    assert "What was done" not in shown.text
    assert (await client.get(f"/ask/conversations/{id}")).status_code == 404
    assert (await post(client, f"/ask/conversations/{id}/share")).status_code == 404
    client.headers["Rackhouse-Identity"] = "ruth"
    (revoke,) = re.findall(
        r'action="(/ask/handed/shares/[^"]+)"', (await client.get("/ask/handed")).text
    )
    await follow(client, revoke)
    assert (await client.get(path)).status_code == 404
    await follow(client, f"/ask/conversations/{id}/delete")
    assert (await client.get(f"/ask/conversations/{id}")).status_code == 404


async def test_memory_is_seen_and_forgotten(client: httpx.AsyncClient) -> None:
    said = await follow(client, "/ask/memory", text="I teach")
    assert "you wrote it down" in said.text
    (forget,) = re.findall(r'action="(/ask/memory/[^"]+/forget)"', said.text)
    assert "Nothing is." in (await follow(client, forget)).text


async def test_what_is_wrong_is_a_page(
    client: httpx.AsyncClient, scripture: MemoryScripture
) -> None:
    for fields in ({"question": ""}, {"question": "\x00"}, {}):
        said = await post(client, "/ask", **fields)
        assert said.status_code == 400
        whole(said)
    long = await post(client, "/ask", question="w" * 100_000)
    assert long.status_code == 413
    assert "wwww" not in long.text
    scripture.away = True
    said = await post(client, "/ask", question="John 3:16")
    assert said.status_code == 503
    whole(said)


async def test_the_stream_brings_pieces_of_the_page(client: httpx.AsyncClient) -> None:
    said = await post(client, "/ask/stream", question=f"John 3:16 {EVIL}")
    assert said.headers["content-type"].startswith("text/event-stream")
    names = re.findall(r"^event: (.*)$", said.text, re.MULTILINE)
    assert names[0] == "status"
    assert names[-1] == "done"
    assert "part" in names
    assert "<script>" not in said.text


@pytest.mark.parametrize("path", ["/ask", "/ask/stream", "/ask/memory", "/ask/handed/tokens"])
async def test_another_sites_form_is_refused(client: httpx.AsyncClient, path: str) -> None:
    headers = {"sec-fetch-site": "cross-site", "origin": "https://elsewhere.example"}
    said = await client.post(path, data={"question": "love", "text": "x"}, headers=headers)
    assert said.status_code == 403


async def test_files_are_named_by_their_content(client: httpx.AsyncClient) -> None:
    page = (await client.get("/ask")).text
    files = re.findall(r'(?:src|href)="(/ask/static/[^"]+)"', page)
    assert len(files) == 6
    for each in files:
        said = await client.get(each)
        assert said.status_code == 200
        assert "immutable" in said.headers["cache-control"]
    assert (await client.get("/ask/static/x.css")).status_code == 404
    assert (await client.get("/ask/static/..%2fscore.yaml")).status_code == 404
