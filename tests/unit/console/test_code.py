"""The pages of repositories: readable, whole without a script, and harmless whatever is in them."""

from __future__ import annotations

import asyncio
import os
import re
from html import unescape
from pathlib import Path

import httpx
import pytest

from unit.console.desk import Bench
from unit.console.repositories import APP, ODD, PIXEL, Repositories, furnish, quoted
from unit.console.test_pages import Outline
from unit.delivery.repositories.conftest import Place

HELLO = "/repositories/hello"
EVIL = "/repositories/evil"


class Page(Outline):
    """What a page is made of, where it leads, and what it loads by itself or sends to."""

    def __init__(self, text: str) -> None:
        self.tags, self.links, self.loaded = set[str](), set[str](), set[str]()
        super().__init__(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        super().handle_starttag(tag, attrs)
        self.tags.add(tag)
        for name, value in attrs:
            if name == "href":
                self.links.add(str(value))
            if name in {"src", "action"}:
                self.loaded.add(str(value))


@pytest.fixture
def made(console: Bench) -> Repositories:
    place = Place(console.house.paths, console.desk.forge)
    found = furnish(console.house, place)
    console.look()
    return found


def pages(made: Repositories) -> list[str]:
    """The address of every kind of page."""
    return [
        "/repositories",
        HELLO,
        "/repositories/empty",
        f"{HELLO}/files?path=src",
        f"{HELLO}/files?path=src/app.py",
        f"{HELLO}/files?path=data.bin",
        f"{HELLO}/files?path=docs/pixel.png",
        f"{HELLO}/files?path=docs/app",
        f"{HELLO}/files?path=out",
        f"{HELLO}/files?at=v1",
        f"{HELLO}/files?at={made.first}&path=README.md&source=1",
        f"{HELLO}/commits",
        f"{HELLO}/commits?path=src/app.py",
        f"{HELLO}/commits?page=2",
        f"{HELLO}/commits/{made.first}",
        f"{HELLO}/commits/{made.last}",
        f"{HELLO}/branches",
        f"{HELLO}/compare?base=main&to=new-form",
        EVIL,
        f"{EVIL}/files?path=dir",
        f"{EVIL}/files?path=huge.py",
        f"{EVIL}/files?path=long",
        f"{EVIL}/commits",
        f"{EVIL}/commits/{made.evil}",
        f"{EVIL}/branches",
        *(f"{EVIL}/files?path={quoted(name)}" for name in ODD),
    ]


async def test_every_page_is_well_made_and_harmless(console: Bench, made: Repositories) -> None:
    client = await console.signed_in()
    for address in pages(made):
        answer = await client.get(address)
        assert answer.status_code == 200, (address, answer.text)
        outline = Page(answer.text)  # no handler, no style, no script but ours
        assert outline.headings[0] == 1
        assert outline.headings.count(1) == 1, address
        assert len(outline.ids) == len(set(outline.ids)), address
        assert all(control.get("id") in outline.labels for control in outline.controls), address
        assert outline.tags.isdisjoint({"iframe", "base", "object", "math"}), address
        assert "\u202e" not in answer.text
        for link in outline.links:
            assert re.match(r"/(?!/)|#|https?://", link), (address, link)
        assert outline.loaded <= {
            "/static/live.js", "/static/copy.js", "/sign-out", f"{HELLO}/files", f"{EVIL}/files",
            f"{HELLO}/compare", f"{HELLO}/raw?path=docs/pixel.png",
            f"{HELLO}/raw?at=v1&path=docs/pixel.png", f"{EVIL}/raw?path=x",
        }, address  # fmt: skip


async def test_every_link_leads_to_a_page(console: Bench, made: Repositories) -> None:
    client = await console.signed_in()
    seen, waiting = set[str](), ["/repositories", f"{HELLO}/files?path=src/app.py"]
    while waiting and len(seen) < 30:
        address = waiting.pop(0)
        seen.add(address)
        answer = await client.get(address)
        assert answer.status_code == 200, (address, answer.text)
        if "/raw" in address:
            continue
        for link in re.findall(r'href="(/repositories[^"#]*)', answer.text):
            if (found := unescape(link)) not in seen and found not in waiting:
                waiting.append(found)
    assert {HELLO, f"{HELLO}/files?path=src", f"{HELLO}/raw?path=src/app.py"} <= seen


@pytest.mark.parametrize("name", ODD)
async def test_an_odd_name_is_addressable_and_its_file_is_told(
    console: Bench, made: Repositories, name: str
) -> None:
    answer = await (await console.signed_in()).get(f"{EVIL}/raw?path=dir/{quoted(name)}")
    assert answer.content == b"y\n"
    assert "\n" not in answer.headers["content-disposition"]


async def test_a_readme_is_rendered_and_leads_into_the_repository(
    console: Bench, made: Repositories
) -> None:
    page = (await (await console.signed_in()).get(HELLO)).text
    for piece in (
        f'<a href="{HELLO}/files?path=src/app.py"',
        f'<a href="{HELLO}/files?path=docs"',
        '<a href="https://example.org/x" rel="noopener noreferrer"',
        f'<img src="{HELLO}/raw?path=docs/pixel.png" alt="a pixel"',
        '<h3 id="readme-guest-book">Guest book',
        '<a class="anchor" href="#readme-run-it" aria-label="Link to: Run it"',
        '<span class="k">def</span>',
        '<td align="right">12</td>',
        'value="https://git.rack.localhost:8443/hello.git"',
        "Where guests &lt;b&gt;write&lt;/b&gt;",
        "Guests are greeted by name",
    ):
        assert piece in page, piece


async def test_links_of_a_hostile_readme_lead_nowhere(console: Bench, made: Repositories) -> None:
    page = (await (await console.signed_in()).get(EVIL)).text
    body = page.partition('class="readme"')[2].partition("</section>")[0]
    assert set(re.findall(r'href="([^"]*)"', body)) <= {
        "#readme-evil", f"{EVIL}/files?path=x", f"{EVIL}/files?path=javas%09cript",
    }  # fmt: skip
    assert "Sign out</button>" not in body
    assert not re.search(r'class="(?!anchor|scroll|[a-z][a-z0-9]{0,2}")', body)


async def test_what_is_asked_for_and_is_not_there(console: Bench, made: Repositories) -> None:
    client = await console.signed_in()
    for address in (
        "/repositories/none",
        "/repositories/..%2f..%2fetc",
        f"{HELLO}/files?path=../../config",
        f"{HELLO}/files?path=/etc/passwd",
        f"{HELLO}/files?path=src/../src",
        f"{HELLO}/files?path=out/passwd",
        f"{HELLO}/files?path=a%00b",
        f"{HELLO}/files?path=%ff",
        f"{HELLO}/files?at=--help",
        f"{HELLO}/files?at=main~1",
        f"{HELLO}/files?at=%ff",
        f"{HELLO}/raw?path=src",
        f"{HELLO}/raw",
        "/repositories/empty/raw?path=x",
        f"{HELLO}/commits/main~1",
        f"{HELLO}/commits/{'0' * 40}",
        f"{HELLO}/compare?base=--all&to=main",
    ):
        answer = await client.get(address)
        assert answer.status_code == 404, (address, answer.text)
        assert "Traceback" not in answer.text
    assert (await client.get(HELLO + "?" + "a=1&" * 40)).status_code == 400
    assert (await client.get(f"{HELLO}/commits?page=-3")).status_code == 200
    assert "None." in (await client.get(f"{HELLO}/commits?page=999")).text


async def test_only_the_owner_reads(console: Bench, made: Repositories) -> None:
    for address in (*pages(made)[:20], f"{HELLO}/raw?path=src/app.py"):
        answer = await console.client().get(address)
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")


async def test_a_download_is_never_a_page(console: Bench, made: Repositories) -> None:
    client = await console.signed_in()
    answer = await client.get(f"{HELLO}/raw?path=src/app.py")
    assert answer.content == APP
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    picture = await client.get(f"{HELLO}/raw?path=docs/pixel.png")
    assert (picture.content, picture.headers["content-type"]) == (PIXEL, "image/png")
    link = await client.get(f"{HELLO}/raw?path=out")
    assert link.content == b"/etc/passwd"  # where it points, and not what is there
    for each in (answer, picture, link):
        assert each.headers["x-content-type-options"] == "nosniff"
        assert each.headers["content-security-policy"] == "default-src 'none'; sandbox"
        assert each.headers["content-disposition"].startswith("attachment;")


async def test_a_file_has_numbered_lines(console: Bench, made: Repositories) -> None:
    page = (await (await console.signed_in()).get(f"{HELLO}/files?path=src/app.py")).text
    assert '<span id="L6"><a href="#L6" tabindex="-1">6</a><span class="k">class</span>' in page
    assert f'href="{HELLO}/raw?path=src/app.py"' in page
    assert "&lt;b&gt;hello" in page


async def test_kinds_of_files_are_told_apart(console: Bench, made: Repositories) -> None:
    client = await console.signed_in()

    async def page(path: str) -> str:
        return (await client.get(f"{HELLO}/files?path={path}")).text

    assert "This file is no text." in await page("data.bin")
    assert f'<a href="{HELLO}/files?path=src/app.py"><code>' in await page("docs/app")
    assert "which is not in this repository" in await page("out")
    assert f'<img src="{HELLO}/raw?path=docs/pixel.png"' in await page("docs/pixel.png")


async def test_a_document_is_shown_as_it_reads_and_as_it_was_written(
    console: Bench, made: Repositories
) -> None:
    client = await console.signed_in()
    page = (await client.get(f"{HELLO}/files?path=docs/notes.md")).text
    assert '<h3 id="readme-notes">Notes' in page
    assert f'<a href="{HELLO}/files?path=src/app.py" rel' in page
    source = f"{HELLO}/files?path=docs/notes.md&source=1"
    assert source.replace("&", "&amp;") in page
    assert 'id="L3"' in (await client.get(source)).text


async def test_large_files_are_cut_and_it_is_said(console: Bench, made: Repositories) -> None:
    client = await console.signed_in()
    long = (await client.get(f"{EVIL}/files?path=long")).text
    assert "This is a large file" in long
    assert 'id="L10000"' in long
    assert 'id="L10001"' not in long
    wide = re.sub("<[^>]*>", "", (await client.get(f"{EVIL}/files?path=huge.py")).text)
    assert "and 148000 characters more" in wide
    commit = (await client.get(f"{EVIL}/commits/{made.evil}")).text
    assert "lines more: too many for one page." in commit
    assert len(commit) < 2_000_000


async def test_a_commit_says_what_it_changed(console: Bench, made: Repositories) -> None:
    page = (await (await console.signed_in()).get(f"{HELLO}/commits/{made.last}")).text
    for piece in (
        "Guests are greeted by name",
        "Ada",
        made.last,
        f'href="{HELLO}/commits/{made.first}"',
        f'href="{HELLO}/files?at={made.last}"',
        'href="/runs/1"',
        '<span class="badge">added</span>',
        '<tr class="added">',
        '<tr class="removed">',
        '<span class="k">return</span>',
    ):
        assert piece in page, piece


async def test_branches_say_how_far_they_are_and_where_their_preview_is(
    console: Bench, made: Repositories
) -> None:
    client = await console.signed_in()
    page = (await client.get(f"{HELLO}/branches")).text
    assert "1 ahead, 1 behind" in page
    assert "http://127.0.0.1:9002/" in page or "https://notes.rack.localhost" in page
    assert ">v1<" in page
    compared = (await client.get(f"{HELLO}/compare?base=main&to=new-form")).text
    assert "1 commit</h2>" in compared
    assert "src/form.py" in compared


async def test_an_application_leads_to_its_repository(console: Bench, made: Repositories) -> None:
    made.place.make("notes")
    client = await console.signed_in()
    assert '<a href="/repositories/notes">' in (await client.get("/applications/notes")).text
    assert (
        "/repositories/" not in (await client.get("/applications/trial")).text.partition("<main")[2]
    )
    assert '<a href="/applications/notes">' in (await client.get("/repositories")).text


async def test_an_empty_repository_says_how_to_push(console: Bench, made: Repositories) -> None:
    client = await console.signed_in()
    for place in ("", "/files", "/commits", "/compare"):
        page = (await client.get(f"/repositories/empty{place}")).text
        assert "git remote add rack https://git.rack.localhost:8443/empty.git" in page
    assert "None." in (await client.get("/repositories/empty/branches")).text


async def test_a_rack_without_repositories(console: Bench) -> None:
    page = (await (await console.signed_in()).get("/repositories")).text
    assert "rackhouse repository create NAME" in page


async def test_the_list_says_what_became_of_the_last_push(
    console: Bench, made: Repositories
) -> None:
    page = (await (await console.signed_in()).get("/repositories")).text
    for piece in ("ann&lt;b&gt;", "new-form", made.side[:7], 'href="/runs/2"', "never pushed"):
        assert piece in page, piece


async def test_a_lexer_that_does_not_end_costs_the_colours_alone(
    console: Bench, made: Repositories, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rackhouse.console.code.painter._PATIENCE", 0.0)
    client: httpx.AsyncClient = await console.signed_in()
    source = (await client.get(f"{HELLO}/files?path=src/app.py")).text
    assert '<a href="#L6" tabindex="-1">6</a>class Book:' in source
    home = (await client.get(HELLO)).text
    assert "# Guest book" in home


WAITING_GIT = """#!/bin/sh
read -r _ < "{gate}"
PATH="{path}" exec git "$@"
"""


@pytest.fixture
def gate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A git that waits, once for each time it is started, for a line in this pipe."""
    gate, tool = tmp_path / "gate", tmp_path / "bin" / "git"
    os.mkfifo(gate)
    tool.parent.mkdir()
    tool.write_text(WAITING_GIT.format(gate=gate, path=os.environ["PATH"]))
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tool.parent}:{os.environ['PATH']}")
    return gate


async def test_a_slow_git_holds_up_its_own_page_alone(
    console: Bench, made: Repositories, gate: Path
) -> None:
    client = await console.signed_in()
    waiting = [asyncio.create_task(client.get(f"{HELLO}/branches")) for _ in range(4)]
    for address in ("/healthz", "/", "/repositories"):
        assert (await client.get(address)).status_code == 200
    assert not any(task.done() for task in waiting)
    descriptor = os.open(gate, os.O_RDWR)
    os.write(descriptor, b"\n" * 200)
    answers = await asyncio.gather(*waiting)
    os.close(descriptor)
    assert [answer.status_code for answer in answers] == [200] * 4


async def test_a_git_that_does_not_end_is_ended(
    console: Bench, made: Repositories, gate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rackhouse.console.code.asked._PATIENCE", 0.2)
    answer = await (await console.signed_in()).get(HELLO)
    assert answer.status_code == 503
    assert "git did not end within 0.2 s" in answer.text
