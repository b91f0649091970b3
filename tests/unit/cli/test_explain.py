"""`explain` on a command line: words, JSON, a picture, and words for what is wrong."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest

from rackhouse.app.codec import encode
from rackhouse.app.sources import read_source, release_of
from rackhouse.apply.open import open_rack
from rackhouse.cli import main
from rackhouse.store.protocol import ApplicationRow, ReleaseRow, ReleaseStatus

EXAMPLES = Path(__file__).parents[3] / "examples"
GUESTBOOK = str(EXAMPLES / "apps" / "guestbook")
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def home(tmp_path: Path) -> list[str]:
    (tmp_path / "empty.yaml").write_text("")
    return ["--home", str(tmp_path / "state"), "-f", str(tmp_path / "empty.yaml")]


def _run(capfd: pytest.CaptureFixture[str], home: list[str], *words: str) -> str:
    assert main.run([*home, "explain", *words]) == 0
    return capfd.readouterr().out


def test_both_targets_are_told_and_nothing_is_made(
    capfd: pytest.CaptureFixture[str], home: list[str], tmp_path: Path
) -> None:
    told = _run(capfd, home, GUESTBOOK)
    assert told.startswith("guestbook r1: a web application of the rack home, not live yet\n")
    assert "\nOn this machine: " in told
    assert "\nOn a cluster: " in told
    assert not (tmp_path / "state").exists()
    assert max(map(len, told.splitlines())) <= 100


def test_one_target(capfd: pytest.CaptureFixture[str], home: list[str]) -> None:
    assert "On a cluster" not in _run(capfd, home, GUESTBOOK, "--target", "embedded")


def test_programs_get_json(capfd: pytest.CaptureFixture[str], home: list[str]) -> None:
    told = json.loads(_run(capfd, home, GUESTBOOK, "--json"))
    here, there = told["stories"]
    assert (here["target"], there["target"]) == ("embedded", "kube")
    database = next(it for it in there["origins"] if it["line"]["path"] == "resources.db")
    assert (database["line"]["file"], database["line"]["line"]) == ("score.yaml", 26)
    assert "kube.home/Database/data.guestbook.db" in {it["id"] for it in database["things"]}


def test_a_picture_is_drawn(
    capfd: pytest.CaptureFixture[str], home: list[str], tmp_path: Path
) -> None:
    file = tmp_path / "guestbook.svg"
    _run(capfd, home, GUESTBOOK, "--picture", str(file))
    drawn = Xml.parse(file).getroot()
    words = [it.text for it in drawn.iter(f"{SVG}text")]
    assert {"Deployment web", "process guestbook.web@r1", "PostgreSQL"} <= set(words)


def test_an_application_of_the_rack_file_by_its_name(
    capfd: pytest.CaptureFixture[str], home: list[str], tmp_path: Path
) -> None:
    (tmp_path / "empty.yaml").write_text(
        f"applications:\n  guests: {{folder: {GUESTBOOK}, access: signed-in}}\n"
    )
    told = _run(capfd, home, "guests")
    assert told.startswith("guests r1: ")
    assert "empty.yaml:2  guests: {folder: " in told


def test_what_is_live_is_explained_and_not_what_its_folder_has_become(
    capfd: pytest.CaptureFixture[str], home: list[str], tmp_path: Path
) -> None:
    folder = tmp_path / "guestbook"
    shutil.copytree(GUESTBOOK, folder)
    (tmp_path / "empty.yaml").write_text(f"applications:\n  guestbook: {{folder: {folder}}}\n")
    house = open_rack(tmp_path / "empty.yaml", root=tmp_path / "state", now=datetime.now(UTC))
    source = read_source(folder)
    app = replace(source.app, release=release_of(source, 4))
    shutil.copytree(folder, house.paths.root / "releases" / "guestbook" / "r4")
    house.store.put_application(ApplicationRow(name="guestbook", uid="u1"))
    row = ReleaseRow(application="guestbook", number=4, status=ReleaseStatus.NEW, digest="d",
                     app=encode(app), made=1.0, by="deploy")  # fmt: skip
    house.store.add_release(row)
    house.store.set_release_status("guestbook", 4, ReleaseStatus.LIVE)
    house.close()
    score = folder / "score.yaml"
    score.write_text(f"# one more line\n{score.read_text()}")
    told = _run(capfd, home, "guestbook")
    assert told.startswith("guestbook r4: a web application of the rack home, live on this machine")
    assert "score.yaml:3  name: guestbook" in told
    assert "score.yaml:4  name: guestbook" in _run(capfd, home, str(folder))


def test_what_a_registry_alone_has_is_explained_without_its_file(
    capfd: pytest.CaptureFixture[str], home: list[str], tmp_path: Path
) -> None:
    house = open_rack(tmp_path / "empty.yaml", root=tmp_path / "state", now=datetime.now(UTC))
    source = read_source(Path(GUESTBOOK))
    release = replace(release_of(source, 4), image="git.lab/lab/guestbook@sha256:1")
    house.store.put_application(ApplicationRow(name="guestbook", uid="u1"))
    app = encode(replace(source.app, release=release))
    row = ReleaseRow(application="guestbook", number=4, status=ReleaseStatus.NEW, digest="d",
                     app=app, made=1.0, by="push")  # fmt: skip
    house.store.add_release(row)
    house.store.set_release_status("guestbook", 4, ReleaseStatus.LIVE)
    house.close()
    told = _run(capfd, home, "guestbook")
    assert told.startswith("guestbook r4: a web application")
    assert "resources.db is not written" in told


@pytest.mark.parametrize(
    ("name", "said"),
    [("gestbook", "Did you mean 'guestbook'?"), ("./nowhere", "is not a folder")],
)
def test_what_is_not_there_is_said(
    capfd: pytest.CaptureFixture[str], home: list[str], tmp_path: Path, name: str, said: str
) -> None:
    (tmp_path / "empty.yaml").write_text(f"applications:\n  guestbook: {{folder: {GUESTBOOK}}}\n")
    assert main.run([*home, "explain", name]) == 5
    assert said in capfd.readouterr().err


def test_a_wrong_file_is_told_as_elsewhere(
    capfd: pytest.CaptureFixture[str], home: list[str], tmp_path: Path
) -> None:
    folder = tmp_path / "broken"
    folder.mkdir()
    (folder / "score.yaml").write_text("apiVersion: score.dev/v1b1\nmetadata: {name: broken}\n")
    assert main.run([*home, "explain", str(folder)]) == 3
    assert "'containers' is missing" in capfd.readouterr().err
