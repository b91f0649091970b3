"""Commands that read, where no rack ever was and where one is down: a sentence, an exit code, and
nothing is made.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rackhouse.cli import main
from rackhouse.kit.paths import Paths
from rackhouse.store.protocol import ApplicationRow
from rackhouse.store.sqlite import SqliteStore

NO_LOG = "nothing has run here yet, so there is no log\n  fix: run `rackhouse up`"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RACKHOUSE_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("RACKHOUSE_FILE", raising=False)
    return tmp_path / "home"


@pytest.mark.parametrize(
    ("argv", "code", "said"),
    [
        ("status", 2, "the supervisor does not run: start it with `rackhouse up`"),
        ("plan", 2, "+ machine/folder/postgres: absent"),
        ("journal", 0, "nothing has been changed yet"),
        ("logs", 5, NO_LOG),
        ("logs -f", 5, NO_LOG),
        ("logs shop", 5, NO_LOG),
        ("releases shop", 5, "there is no application 'shop'."),
    ],
)
def test_where_no_rack_ever_was_it_is_said_and_nothing_is_made(
    argv: str, code: int, said: str, home: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main.run(argv.split()) == code
    out, err = capfd.readouterr()
    assert said in out + err
    assert not home.exists()


@pytest.mark.parametrize("argv", ["status --json", "plan --json", "journal --json"])
def test_for_programs_it_is_json_all_the_same(
    argv: str, home: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    main.run(argv.split())
    json.loads(capfd.readouterr().out)
    assert not home.exists()


def test_a_rack_that_is_down_is_one_sentence(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    _was_up(Paths(home))
    assert main.run(["status"]) == 2
    out, _ = capfd.readouterr()
    assert out.count("the supervisor does not run") == 1
    assert main.run(["plan", "--json"]) == 2
    out, err = capfd.readouterr()
    assert err == "the rack is down: what is in its parts cannot be seen\n"
    json.loads(out)


def test_an_application_without_a_release_is_said_to_have_none(
    home: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    _was_up(Paths(home))
    assert main.run(["releases", "shop"]) == 0
    assert capfd.readouterr().out == "shop has no release now\n"


def _was_up(paths: Paths) -> None:
    paths.units.mkdir(parents=True)
    store = SqliteStore(paths.store)
    store.put_application(ApplicationRow(name="shop", uid="u"))
    store.close()
