"""The pages of runs, releases and who did what: true, whole without a script, and harmless."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncGenerator

import pytest

from rackhouse.console.feed import Event
from rackhouse.console.runs.stream import follow
from rackhouse.delivery.runs.log import Kind
from rackhouse.kit.errors import StepFailed
from rackhouse.store.forge import RunStatus
from unit.console.desk import Bench
from unit.console.house import NOW
from unit.console.runs import EVIL, Made, furnish
from unit.console.test_api import Asked
from unit.console.test_guard import token_of
from unit.console.test_pages import Outline
from unit.delivery.repositories.conftest import Place

APP = "/applications/guestbook"


@pytest.fixture
def made(console: Bench) -> Made:
    found = furnish(console.house, Place(console.house.paths, console.desk.forge))
    console.look()
    return found


@pytest.fixture
def asked(console: Bench) -> Asked:
    found = Asked()
    object.__setattr__(console.desk, "actions", found)
    return found


def pages(made: Made) -> list[str]:
    """The address of every kind of page."""
    numbers = (made.passed, made.failed, made.running, made.waiting, made.plain, made.evil)
    return [
        "/runs",
        "/runs?repository=hello",
        "/runs?page=2",
        *(f"/runs/{number}" for number in numbers),
        f"/runs/{made.failed}?line=12",
        "/runs/999",
        APP,
        f"{APP}?was=5",
        f"{APP}/compare?old=3&new=4",
        f"{APP}/compare?old=1&new=2",
        f"{APP}/rollback?release=3",
        f"{APP}/rollback?release=4",
        "/journal/people",
        "/journal/people?thing=token/7",
    ]


async def text_of(console: Bench, path: str) -> str:
    return (await (await console.signed_in()).get(path)).text


async def test_every_page_is_well_made_and_harmless(console: Bench, made: Made) -> None:
    browser = await console.signed_in()
    for path in pages(made):
        text = (await browser.get(path)).text
        outline = Outline(text)
        assert outline.headings[0] == 1, path
        assert len(outline.ids) == len(set(outline.ids)), path
        assert all(control.get("id") in outline.labels for control in outline.controls)
        for bad in ("<img", "<b>instead", "\u202e", "\x1b", "javascript:", "secret-token"):
            assert bad not in re.sub(' value="[^"]*"', "", text), (path, bad)


async def test_the_list_says_what_ran_for_whom_and_how_it_ended(console: Bench, made: Made) -> None:
    text = await text_of(console, "/runs")
    for word in (f'href="/runs/{made.failed}"', made.last[:7], "superseded", "guestbook r4"):
        assert word in text
    text = await text_of(console, "/runs?repository=guestbook")
    assert f'href="/runs/{made.passed}"' in text
    assert f'href="/runs/{made.failed}"' not in text


async def test_long_lists_are_turned_like_pages(console: Bench, made: Made) -> None:
    browser = await console.signed_in()
    first = (await browser.get("/journal/people?thing=repository/guestbook")).text
    assert "Older" not in first
    first = (await browser.get("/journal/people")).text
    address = re.search(r'href="([^"]+)">Older', first)
    assert address
    second = (await browser.get(f"/journal/people{address[1]}")).text
    assert "n10<" in second
    assert "n10<" not in first
    assert "Newer" in second
    assert (await browser.get("/journal/people?page=99999999999999999999")).status_code == 200


async def test_a_run_is_a_picture_and_the_same_in_words(console: Bench, made: Made) -> None:
    text = await text_of(console, f"/runs/{made.failed}")
    wide = text.partition("<svg viewBox")[2].partition("pipeline narrow")[0]
    for word in ("test: failed", "test 3.12: failed", "pack: skipped", "release: skipped"):
        assert f"<title>{word}</title>" in wide
    assert "1 failed, 41 passed" in text
    assert text.count(">log<") == 3, "of the jobs that said something"
    assert "Run again" in text
    assert "The beginning" in text
    text = await text_of(console, f"/runs/{made.passed}")
    assert "guestbook r4" in text
    assert 'href="https://guestbook.rack.localhost:8443/"' in text


async def test_the_step_that_failed_is_open_and_no_other(console: Bench, made: Made) -> None:
    text = await text_of(console, f"/runs/{made.failed}")
    steps = re.findall(
        r'<details class="step([^"]*)" id="S\d+"( open)?>.*?<bdi>(.*?)<', text, re.DOTALL
    )
    assert [step for step in steps if step[1]] == [(" bad", " open", "pytest -q")]
    assert len([step for step in steps if step[2] == "pytest -q"]) == 2, "of each job its own"
    assert '<span class="a1 ab">E   assert 2 == 1</span>' in text
    assert '<li id="L1" class="note"><a href="#L1">1</a>' in text


async def test_a_line_is_linked_to_and_a_long_log_is_shown_around_it(
    console: Bench, made: Made
) -> None:
    made.say(made.plain, "test", job="test", kind=Kind.GROUP)
    log = made.log(made.plain)
    log.say("\n".join(f"row {number}" for number in range(2, 100_001)), job="test", step="test")
    log.close()
    browser = await console.signed_in()
    text = (await browser.get(f"/runs/{made.plain}")).text
    assert text.count("<li id=") < 2100
    assert f'<a href="/runs/{made.plain}?line=100000#L100000">100000</a><span>row 100000<' in text
    assert "98000 lines before these" in text
    text = (await browser.get(f"/runs/{made.plain}?line=50000")).text
    assert re.search('<details class="step" id="S49001" open>', text)
    assert "<span>row 50000<" in text
    assert "lines after these" in text
    whole = await browser.get(f"/runs/{made.plain}/log")
    assert whole.headers["content-type"] == "text/plain; charset=utf-8"
    assert whole.text.count("\n") == 100_000
    assert whole.text.endswith("row 100000\n")


async def test_what_a_kill_left_of_a_line_is_passed_over(console: Bench, made: Made) -> None:
    with (console.house.paths.runs / str(made.running) / "log.jsonl").open("ab") as file:
        file.write(b'{"at": 1.0, "kind": "te\n\xff\n{"at": 2}\n')
    made.say(made.running, "after all that", job="test")
    text = await text_of(console, f"/runs/{made.running}")
    assert '#L10">10</a><span>after all that' in text


async def test_the_buttons_cancel_and_run_again(console: Bench, made: Made) -> None:
    browser = await console.signed_in()
    form = {"csrf": await token_of(browser)}
    answer = await browser.post(f"/runs/{made.waiting}/cancel", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/runs/{made.waiting}")
    row = made.forge.run(made.waiting)
    assert row
    assert (row.status, row.why) == (RunStatus.CANCELLED, "cancelled by owner")
    again = await browser.post(f"/runs/{made.failed}/again", data=form)
    number = int(again.headers["location"].removeprefix("/runs/"))
    row = made.forge.run(number)
    assert row
    assert (row.status, row.sha, row.who) == (RunStatus.WAITING, made.first, "owner")
    assert (await browser.post(f"/runs/{made.failed}/cancel", data=form)).status_code == 409
    deeds = (await browser.get("/journal/people")).text
    assert "ran again" in deeds
    assert "cancelled" in deeds


@pytest.mark.parametrize("path", ["/runs/1/cancel", "/runs/1/again", f"{APP}/rollback"])
async def test_strangers_press_nothing(console: Bench, made: Made, asked: Asked, path: str) -> None:
    before = [made.forge.run(number) for number in range(12)]
    assert (await console.client().post(path)).status_code == 401
    browser = await console.signed_in()
    assert (await browser.post(path, data={"csrf": "guessed"})).status_code == 403
    assert [made.forge.run(number) for number in range(12)] == before
    assert asked.done == []


async def test_strangers_see_nothing(console: Bench, made: Made) -> None:
    stranger = console.client()
    for path in (*pages(made), f"/runs/{made.failed}/log", f"/runs/{made.running}/events"):
        answer = await stranger.get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")


async def until_end(feed: AsyncGenerator[Event, None]) -> list[Event]:
    return [event async for event in feed]


async def test_what_a_run_says_is_sent_as_pieces_of_its_page(console: Bench, made: Made) -> None:
    feed = follow(console.desk, made.running, first=1, after=6)
    first = await anext(feed)
    assert (first.name, first.data) == ("changed", {"busy": ["S4"], "failed": []})
    made.say(made.running, "<b>three</b>", job="test")
    made.say(made.running, "upload", job="test", kind=Kind.GROUP)
    made.say(made.running, "four", job="test")
    made.say(made.running, "LIVE", kind=Kind.NOTE)
    made.end(made.running, RunStatus.PASSED)
    events = await until_end(feed)
    assert [event.name for event in events if event.name != "changed"] == ["lines", "end"]
    pieces = json.loads(json.dumps(events[0].data))["pieces"]
    line, step, other, block, lines, last = pieces
    assert line["into"] == "S4-lines"
    assert "&lt;b&gt;three" in line["html"]
    assert step["fold"] == "S4"
    assert "upload" in step["html"]
    assert (other["into"], "four" in other["html"]) == ("S8-lines", True)
    assert (block["into"], lines["into"], last["into"]) == ("run-log", "B10", "S10-lines")
    assert events[0].id == "10"


async def test_who_comes_back_gets_only_what_is_new(console: Bench, made: Made) -> None:
    made.end(made.running, RunStatus.FAILED)
    browser = await console.signed_in()
    answer = await browser.get(f"/runs/{made.running}/events?first=1&after=2")
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert "id: 6\nevent: lines" in answer.text
    assert "all is well" in answer.text
    again = await browser.get(f"/runs/{made.running}/events", headers={"last-event-id": "6"})
    assert "event: lines" not in again.text
    assert "event: end" in again.text


@pytest.mark.parametrize(
    "path",
    [
        "/runs/0",
        "/runs/x",
        f"/runs/{'9' * 30}",
        f"/runs/{'9' * 5000}/log",
        "/runs/\u0663",
        f"{APP}/compare",
        f"{APP}/compare?old=3",
        f"{APP}/rollback",
        "/applications/ghost/compare?old=1&new=2",
    ],
)
async def test_what_is_not_there_is_said_to_be_so(console: Bench, made: Made, path: str) -> None:
    assert (await (await console.signed_in()).get(path)).status_code == 404


async def test_no_number_in_an_address_breaks_a_page(console: Bench, made: Made) -> None:
    browser = await console.signed_in()
    for word in ("0", "-1", "x", "9" * 30, "", "\u0663"):
        assert (await browser.get(f"/runs/{made.failed}?line={word}")).status_code == 200
        assert (await browser.get(f"/runs?page={word}")).status_code == 200
        headers = {"last-event-id": word.encode()}
        address = f"/runs/{made.failed}/events?first={word}&after={word}"
        assert "event: end" in (await browser.get(address, headers=headers)).text


async def test_releases_say_what_they_were_made_of(console: Bench, made: Made) -> None:
    text = await text_of(console, APP)
    for word in (f'href="/repositories/guestbook/commits/{made.last}"', "push main", "ada"):
        assert word in text
    assert f'href="/runs/{made.passed}"' in text
    assert f'href="{APP}/rollback?release=3">Go back to r3<' in text


async def test_two_releases_are_compared_without_a_secret(console: Bench, made: Made) -> None:
    text = await text_of(console, f"{APP}/compare?old=3&new=4")
    for word in ("Two &lt;b&gt;instead", "app.py", "API_TOKEN", "GREETING", "GONE", "signed-in"):
        assert word in text
    for value in ("old-secret-token", "new-secret-token"):
        assert value not in text
    missing = await (await console.signed_in()).get(f"{APP}/compare?old=3&new=9")
    assert missing.status_code == 404
    assert "there are: r4, r3, r2, r1" in missing.text


async def test_releases_of_folders_are_compared_by_their_files(console: Bench, made: Made) -> None:
    for number, files in ((1, {"same": "x", "other": "1"}), (2, {"same": "x", "other": "2"})):
        folder = console.house.paths.releases / "guestbook" / f"r{number}"
        folder.mkdir(parents=True)
        for name, content in files.items():
            (folder / name).write_text(content)
    (folder / "out").symlink_to("/etc/passwd")
    text = await text_of(console, f"{APP}/compare?old=1&new=2")
    assert "2 files differ" in text
    assert "<code>other</code>" in text
    assert "<code>out</code>" in text


async def test_going_back_is_asked_first_and_then_told(
    console: Bench, made: Made, asked: Asked
) -> None:
    browser = await console.signed_in()
    page = (await browser.get(f"{APP}/rollback?release=3")).text
    assert "Go back from r4 to r3?" in page
    assert "Taken back: 1 commit" in page
    form = {"csrf": await token_of(browser), "release": "3", "seen": "4"}
    answer = await browser.post(f"{APP}/rollback", data=form)
    assert asked.done == [("guestbook", 3)]
    assert answer.headers["location"] == f"{APP}?was=4"
    deed = made.forge.audit(thing="application/guestbook")[0]
    assert (deed.who, deed.what, deed.detail, deed.at) == (
        "owner",
        "went back",
        "from r4 to r3",
        NOW,
    )
    late = await browser.post(f"{APP}/rollback", data={**form, "seen": "2"})
    assert late.status_code == 409
    assert "r4 of guestbook is live by now, and not r2" in late.text
    asked.error = StepFailed("r3 did not answer")
    failed = await browser.post(f"{APP}/rollback", data=form)
    assert "r3 did not answer" in failed.text
    assert len(made.forge.audit(thing="application/guestbook")) == 1


async def test_nobody_goes_back_to_what_never_served(console: Bench, made: Made) -> None:
    browser = await console.signed_in()
    answer = await browser.get(f"{APP}/rollback?release=4")
    assert answer.status_code == 409
    assert "is live already" in answer.text
    assert (await browser.get(f"{APP}/rollback?release=77")).status_code == 404


async def test_deeds_are_of_all_things_or_of_one(console: Bench, made: Made) -> None:
    text = await text_of(console, "/journal/people")
    assert 'href="/repositories/guestbook">repository/guestbook</a>' in text
    assert EVIL.partition(">")[0] not in text
    text = await text_of(console, "/journal/people?thing=token/7")
    assert "revoked" in text
    assert "pushed" not in text
