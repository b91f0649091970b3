"""Templates: each is an application in our manner, whose folder is made whole or not at all."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from rackhouse.app.model import HttpCheck, Kind, ResourceType
from rackhouse.app.sources import read_source
from rackhouse.delivery.starters import NAME, PLACE, TEMPLATES
from rackhouse.delivery.starters.make import make
from rackhouse.kit.errors import Refused, UsageError

EXAMPLES = Path(__file__).parents[4] / "examples" / "apps"
PIN = re.compile(r"^([a-z0-9-]+)(?:\[[a-z,]+\])?==(\S+)", re.MULTILINE)


@pytest.fixture(autouse=True)
def nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Git that was never told who its user is, in the repository of a caller's hook."""
    (tmp_path / "me").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    for name in ("XDG_CONFIG_HOME", "GIT_CONFIG_GLOBAL", "GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL"):
        monkeypatch.delenv(name, raising=False)


def git(folder: Path, *words: str) -> str:
    argv = ["git", f"--git-dir={folder / '.git'}", f"--work-tree={folder}", *words]
    return subprocess.run(argv, capture_output=True, text=True, check=True).stdout.strip()


@pytest.mark.parametrize("template", TEMPLATES)
def test_it_is_an_application_of_that_name_committed_whole(template: str, tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    make("shop", template, folder)
    source = read_source(folder)
    assert source.app.name == "shop"
    assert not source.inferred
    assert {"README.md", ".gitignore", "score.yaml"} <= {it.name for it in folder.iterdir()}
    assert not [p for p in folder.rglob("*") if p.is_file() and NAME.encode() in p.read_bytes()]
    assert git(folder, "status", "--porcelain") == ""
    assert git(folder, "log", "--format=%s") == f"shop, from the template {template}"
    assert git(folder, "symbolic-ref", "--short", "HEAD") == "main"
    if source.app.kind is Kind.WEB:
        assert isinstance(source.app.containers[0].check, HttpCheck)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["me", "shop"]


def test_on_a_rack_that_answers_for_models_it_asks_them(tmp_path: Path) -> None:
    make("shop", "ai", tmp_path / "shop", models=True)
    asks, alone = read_source(tmp_path / "shop").app, read_source(PLACE / "ai").app
    assert {need.type for need in asks.needs} == {ResourceType.LLM, ResourceType.ROUTE}
    assert {name for name, _ in asks.containers[0].variables} == {
        "LLM_URL",
        "LLM_KEY",
        "LLM_MODEL",
    }
    assert {need.type for need in alone.needs} == {ResourceType.ROUTE}


@pytest.mark.parametrize("template", TEMPLATES)
def test_what_it_installs_is_pinned_and_what_the_examples_install(template: str) -> None:
    """So the cache that `scripts/prefetch` fills has it, and its first push needs no Internet."""
    known = {pin for lock in EXAMPLES.glob("*/requirements.lock") for pin in pins(lock)}
    folder = PLACE / template
    lock, asked = pins(folder / "requirements.lock"), pins(folder / "requirements.txt")
    assert asked <= lock <= known
    assert bool(lock) == (template != "static")


def pins(file: Path) -> set[tuple[str, str]]:
    return set(PIN.findall(file.read_text())) if file.exists() else set()


@pytest.mark.parametrize("template", ["static", "ai", "worker"])
def test_its_own_tests_pass(template: str, tmp_path: Path) -> None:
    """Those that need nothing which is not here; a push runs all five, in tests/e2e."""
    folder = tmp_path / "shop"
    make("shop", template, folder)
    (test,) = (path.stem for path in folder.glob("test_*.py"))
    argv = [sys.executable, "-W", "error", "-m", "unittest", test]
    done = subprocess.run(argv, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert re.search(r"Ran [1-9]", done.stderr)


def test_a_broken_link_of_the_site_is_found(tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    make("shop", "static", folder)
    (folder / "public" / "style.css").unlink()
    argv = [sys.executable, "-m", "unittest", "test_site"]
    assert subprocess.run(argv, cwd=folder, capture_output=True, check=False).returncode == 1


@pytest.mark.parametrize("name", ["", "x/y", "..", "Shop", "7up", "a" * 41])
def test_a_name_that_no_application_can_have(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot name"):
        make(name, "static", tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_a_part_and_an_unknown_template_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="part of the rack"):
        make("console", "static", tmp_path / "new")
    with pytest.raises(UsageError, match="Did you mean 'web'"):
        make("shop", "wbe", tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_nothing_that_is_there_is_written_over(tmp_path: Path) -> None:
    full, empty, file = tmp_path / "full", tmp_path / "empty", tmp_path / "file"
    full.mkdir()
    (full / ".env").write_text("mine")
    file.write_text("mine")
    empty.mkdir()
    link = tmp_path / "link"
    link.symlink_to(empty)
    for folder in (full, file, link):
        with pytest.raises(Refused, match="there already"):
            make("shop", "static", folder)
    assert [path.name for path in full.iterdir()] == [".env"]
    make("shop", "static", empty)
    assert (empty / "score.yaml").exists()


def test_what_is_left_of_one_that_was_killed_is_no_hindrance(tmp_path: Path) -> None:
    (tmp_path / ".shop.partial" / "public").mkdir(parents=True)
    make("shop", "static", tmp_path / "shop")
    assert not (tmp_path / ".shop.partial").exists()


def test_no_template_is_without_a_line_or_a_line_without_a_template() -> None:
    assert {path.name for path in PLACE.iterdir()} == set(TEMPLATES)
    assert json.dumps(dict(TEMPLATES)).isascii()
