"""Pages: whole without a script, masked, escaped, and what their buttons do."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from rackhouse.app.model import App
from rackhouse.kit.errors import Refused
from rackhouse.store.protocol import ReleaseStatus
from rackhouse.supervisor.unit import Phase
from unit.console.desk import Bench
from unit.console.house import application, log, state
from unit.console.test_api import Asked
from unit.console.test_guard import token_of

PAGES = ["/", "/applications/guestbook", "/applications/trial", "/parts/postgres", "/journal"]
EVIL = "<img src=x onerror=alert(1)>\"'&"
VOID = {"meta", "link", "input", "br", "hr", "img"}


class Outline(HTMLParser):
    """What a page is made of; AssertionError where its elements are not well nested."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.headings: list[int] = []
        self.ids: list[str] = []
        self.controls: list[dict[str, str | None]] = []
        self.labels: set[str | None] = set()
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag not in VOID:
            self.open.append(tag)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if "id" in given:
            self.ids.append(str(given["id"]))
        if tag == "input" and given.get("type") not in {"hidden", "checkbox"}:
            self.controls.append(given)
        if tag == "label":
            self.labels.add(given.get("for"))
        assert not [name for name in given if name.startswith("on") or name == "style"]
        assert tag != "script" or given.get("src")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("path", [*PAGES, "/sign-in", "/sign-in?token=x", "/nothing"])
async def test_a_page_is_well_made(console: Bench, path: str) -> None:
    answer = await (await console.signed_in()).get(path)
    outline = Outline(answer.text)
    assert outline.headings[0] == 1
    assert outline.headings.count(1) == 1
    steps = zip(outline.headings, outline.headings[1:], strict=False)
    assert all(after <= before + 1 for before, after in steps)
    assert len(outline.ids) == len(set(outline.ids))
    assert all(control.get("id") in outline.labels for control in outline.controls)


async def test_the_rack_is_told_in_words_too(console: Bench) -> None:
    page = (await (await console.signed_in()).get("/")).text
    for word in (
        "not everything is ready",
        "trial: ended with 1 three times",
        "https://guestbook.rack.localhost:8443/",
        "http://127.0.0.1:9001/",
        "postgres 18.6.3",
        "deploy guestbook r2",
    ):
        assert word in page


async def test_an_application_shows_all_about_it_and_no_secret(console: Bench) -> None:
    page = (await (await console.signed_in()).get("/applications/guestbook")).text
    for word in ("web@r2", "worker@r2", "Go back to r1", "${resources.db.url}", "served / in 3 ms"):
        assert word in page
    assert "<code>API_TOKEN</code></dt><dd><code>***</code>" in page
    assert "very-secret-token" not in page
    assert "hunter2" not in page


async def test_an_apply_that_was_interrupted_is_told_until_the_next_has_ended(
    console: Bench,
) -> None:
    browser, store = await console.signed_in(), console.house.store
    store.begin_apply("ann", "up", [], 1.0)
    console.look()
    page = (await browser.get("/")).text
    assert "(up): run `rackhouse up` to complete it" in page
    assert "was interrupted" in page.partition("Last change")[2]
    store.end_apply(store.begin_apply("ann", "up", [], 2.0), 3.0)
    console.look()
    assert "interrupted" not in (await browser.get("/")).text


async def test_what_programs_say_is_text(console: Bench) -> None:
    """Names, logs, reasons and variables are escaped on every page."""
    store = console.house.store
    row = store.releases("guestbook")[-1]
    evil = replace(row, number=0, by=EVIL, status=ReleaseStatus.NEW)
    store.set_release_status("guestbook", store.add_release(evil).number, ReleaseStatus.LIVE)
    state(console.house, "guestbook.web@r3", phase=Phase.CRASHED, why=EVIL)
    state(console.house, "cache", phase=Phase.CRASHED, why=EVIL)
    log(console.house, "guestbook.web@r2", [EVIL])
    number = store.begin_apply(EVIL, EVIL, [EVIL], 1.0)
    store.end_apply(number, 2.0)
    console.look()
    browser = await console.signed_in()
    for path in (*PAGES, "/parts/cache", f"/applications/{EVIL}", f"/sign-in?token={EVIL}"):
        page = (await browser.get(path)).text
        assert "<img" not in page
        assert "<script>alert" not in page
        Outline(page)
    assert "&lt;img src=x onerror=alert(1)&gt;" in (await browser.get("/journal")).text


async def test_a_name_that_is_nearly_right_is_helped(console: Bench) -> None:
    answer = await (await console.signed_in()).get("/applications/guestbok")
    assert answer.status_code == 404
    assert "Did you mean &#39;guestbook&#39;?" in answer.text


async def test_an_application_without_anything_has_a_page(console: Bench) -> None:
    application(console.house, App(name="bare"), status=ReleaseStatus.FAILED)
    console.look()
    page = (await (await console.signed_in()).get("/applications/bare")).text
    assert "r1 failed: it never became ready" in page
    assert "Nothing was said yet." in page


@pytest.fixture
def asked(console: Bench) -> Asked:
    made = Asked()
    object.__setattr__(console.desk, "actions", made)
    return made


async def test_the_button_goes_back_to_a_release(console: Bench, asked: Asked) -> None:
    browser = await console.signed_in()
    form = {"csrf": await token_of(browser), "release": "1"}
    answer = await browser.post("/applications/guestbook/rollback", data=form)
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        "/applications/guestbook?was=2",
    )
    assert asked.done == [("guestbook", 1)]


async def test_a_refusal_is_a_page_with_its_fix(console: Bench, asked: Asked) -> None:
    asked.error = Refused("another delivery runs", fix="wait for it")
    browser = await console.signed_in()
    form = {"csrf": await token_of(browser), "release": "1"}
    answer = await browser.post("/applications/guestbook/rollback", data=form)
    assert answer.status_code == 409
    assert "another delivery runs" in answer.text
    assert "To mend it: wait for it." in answer.text


@pytest.mark.parametrize(
    ("path", "unit"), [("/applications/trial", "trial.web@r1"), ("/parts/cache", "cache")]
)
async def test_the_button_tries_again(console: Bench, path: str, unit: str) -> None:
    state(console.house, unit, phase=Phase.CRASHED, why="ended")
    console.look()
    browser = await console.signed_in()
    assert f'name="unit" value="{unit}"' in (await browser.get(path)).text
    form = {"csrf": await token_of(browser), "unit": unit}
    answer = await browser.post(f"{path}/retry", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, path)
    assert not (console.house.paths.states / f"{unit}.json").exists()


@pytest.mark.parametrize("path", ["/applications/guestbook/rollback", "/parts/cache/retry"])
async def test_a_stranger_presses_no_button(console: Bench, asked: Asked, path: str) -> None:
    answer = await console.client().post(path, data={"release": "1"})
    assert answer.status_code == 401
    assert asked.done == []
