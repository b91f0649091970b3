"""The page that follows an application's lines to its things."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from rackhouse.app.codec import encode
from rackhouse.app.sources import read_source, release_of
from rackhouse.console.house import RackFile
from rackhouse.rack.load import load
from rackhouse.store.protocol import ReleaseRow, ReleaseStatus, Store
from unit.console.desk import Bench, bench
from unit.console.house import NOW
from unit.console.test_pages import EVIL, Outline

EXAMPLE = Path(__file__).parents[3] / "examples" / "apps" / "guestbook"


@pytest.fixture
def console(tmp_path: Path) -> Iterator[Bench]:
    """A rack whose guestbook is live; one of its variables is written by somebody evil."""
    file = tmp_path / "rack.yaml"
    file.write_text("domain: home.arpa\n")
    with bench(tmp_path / "rack", load(file.read_text())) as made:
        folder = tmp_path / "rack" / "releases" / "guestbook" / "r9"
        shutil.copytree(EXAMPLE, folder)
        score = folder / "score.yaml"
        score.write_text(score.read_text() + f"# {EVIL}\n")
        lives(made.house.store, folder)
        made.file = RackFile(rack=made.house.rack, path=file)
        yield made


def lives(store: Store, folder: Path) -> None:
    """As a deploy leaves it, on a rack where nothing else is live."""
    source = read_source(folder)
    app = replace(source.app, release=release_of(source, 9))
    for other in store.applications():
        for each in store.releases(other.name):
            store.set_release_status(other.name, each.number, ReleaseStatus.OLD)
    row = ReleaseRow(
        application="guestbook",
        number=9,
        status=ReleaseStatus.NEW,
        digest="d",
        app=encode(app),
        made=NOW,
        by="deploy",
    )
    store.add_release(row)
    store.set_release_status("guestbook", 9, ReleaseStatus.LIVE)


async def test_the_page_tells_both_targets_line_by_line(console: Bench) -> None:
    browser = await console.signed_in()
    answer = await browser.get("/applications/guestbook/becomes")
    assert answer.status_code == 200
    outline = Outline(answer.text)
    assert len(outline.ids) == len(set(outline.ids))
    for words in (
        "What guestbook becomes",
        "score.yaml:26",
        "database guestbook_db",
        "Database guestbook.db in data",
        "NetworkPolicy closed",
        "Closed to it, both ways",
        "/applications/guestbook/becomes-kube.svg",
    ):
        assert words in answer.text
    assert (
        'href="/applications/guestbook/becomes"'
        in (await browser.get("/applications/guestbook")).text
    )


@pytest.mark.parametrize("target", ["embedded", "kube"])
async def test_each_target_is_drawn_for_itself(console: Bench, target: str) -> None:
    path = f"/applications/guestbook/becomes-{target}.svg"
    answer = await (await console.signed_in()).get(path)
    assert answer.headers["content-type"] == "image/svg+xml"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert ("Deployment web" in answer.text) == (target == "kube")


@pytest.mark.parametrize("path", ["nobody/becomes", "guestbook/becomes-cloud.svg", "../becomes"])
async def test_what_is_not_there_is_not_found(console: Bench, path: str) -> None:
    browser = await console.signed_in()
    assert (await browser.get(f"/applications/{path}")).status_code == 404


async def test_others_are_asked_to_sign_in(console: Bench) -> None:
    answer = await console.client().get("/applications/guestbook/becomes")
    assert answer.status_code == 303
