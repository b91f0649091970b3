"""What the jobs of a run kept, taken away by the owner: whole, and nothing beside it."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest

from rackhouse.delivery.runs.queue import run_folder
from unit.console.desk import Bench
from unit.console.house import NOW
from unit.console.runs import Made, furnish
from unit.delivery.repositories.conftest import Place

ODD = "a <b> & 'c'.txt"


@pytest.fixture
def made(console: Bench) -> Made:
    return furnish(console.house, Place(console.house.paths, console.desk.forge))


def keep(console: Bench, run: int, name: str = "box") -> Path:
    """An artifact as a job may write it."""
    folder = run_folder(console.house.paths, run) / "artifacts" / name
    (folder / "in").mkdir(parents=True)
    (folder / "in" / ODD).write_text("wood")
    (folder / "key").symlink_to(console.house.paths.store)
    (folder / "all").symlink_to(console.house.paths.root)
    note = {"files": 1, "made": NOW, "leaves": NOW + 86400}
    folder.with_name(f"{name}.json").write_text(json.dumps(note))
    return folder


async def test_an_artifact_is_listed_and_comes_whole_without_links(
    console: Bench, made: Made
) -> None:
    keep(console, made.passed)
    browser = await console.signed_in()
    text = (await browser.get(f"/runs/{made.passed}")).text
    address = f"/runs/{made.passed}/artifact?name=box"
    assert f'href="{address}"' in text
    assert "1 file" in text
    answer = await browser.get(address)
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["content-disposition"].startswith("attachment")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.namelist() == [f"in/{ODD}"]
        assert archive.read(f"in/{ODD}") == b"wood"


@pytest.mark.parametrize("name", ["other", "../artifacts/box", "", "box.json", "key"])
async def test_what_is_no_artifact_is_not_there(console: Bench, made: Made, name: str) -> None:
    keep(console, made.passed)
    browser = await console.signed_in()
    answer = await browser.get(f"/runs/{made.passed}/artifact", params={"name": name})
    assert answer.status_code == 404


async def test_while_it_runs_there_is_none_and_for_others_never(console: Bench, made: Made) -> None:
    keep(console, made.running)
    keep(console, made.passed)
    browser = await console.signed_in()
    address = f"/runs/{made.running}/artifact?name=box"
    assert (await browser.get(address)).status_code == 404
    assert address not in (await browser.get(f"/runs/{made.running}")).text
    stranger = console.client()
    answer = await stranger.get(f"/runs/{made.passed}/artifact?name=box")
    assert answer.headers["location"] == "/sign-in"
