"""What people do with git, done with git."""

from __future__ import annotations

import gzip
from pathlib import Path

import httpx
import pytest

from integration.forge.conftest import CONSOLE, Client, Running
from rackhouse.delivery.repositories import change, create, folder_of
from rackhouse.store.forge import Scope


def test_a_push_makes_the_repository_and_its_run(running: Running, ada: Client) -> None:
    work = ada.work("hello")
    said = ada.git("push", "origin", "main", folder=work)
    assert "remote: following [1]" in said
    row = running.store.repository("hello")
    assert row is not None
    assert (row.made_by, row.default_branch) == ("owner", "main")
    (run,) = running.store.runs(repository="hello")
    head = ada.git("rev-parse", "HEAD", folder=work).strip()
    assert (run.ref, run.sha, run.before, run.who) == ("refs/heads/main", head, "", "owner")
    whats = [line.what for line in running.store.audit(thing="repository/hello")]
    assert whats == ["pushed", "created"]


def test_a_terminal_gets_colours_and_no_other_command(ada: Client) -> None:
    said = ada.git("push", "origin", "main", folder=ada.work("hello"))
    assert "\x1b[31mdone\x1b[0m" in said
    assert "\x07" not in said
    assert "\x1b]" not in said


def test_what_was_pushed_is_cloned(ada: Client) -> None:
    work = ada.work("hello", "exactly this\n")
    ada.git("tag", "--annotate", "--message=first", "v1", folder=work)
    ada.git("push", "--tags", "origin", "main", folder=work)
    ada.git("clone", "--quiet", ada.address("hello"), "copy")
    assert (ada.folder / "copy" / "file").read_text() == "exactly this\n"
    assert ada.git("tag", folder=ada.folder / "copy").split() == ["v1"]


def test_fetch_speaks_version_2_and_can_be_shallow_or_partial(ada: Client) -> None:
    work = ada.work("hello")
    for number in range(3):
        ada.commit(work, f"{number}\n")
    ada.git("push", "origin", "main", folder=work)
    said = ada.git("ls-remote", ada.address("hello"), GIT_TRACE_PACKET="1")
    assert "version 2" in said
    ada.git("clone", "--quiet", "--depth=1", ada.address("hello"), "shallow")
    count = ada.git("rev-list", "--count", "HEAD", folder=ada.folder / "shallow")
    assert count.strip() == "1"
    ada.git("fetch", "--quiet", "--unshallow", folder=ada.folder / "shallow")
    count = ada.git("rev-list", "--count", "HEAD", folder=ada.folder / "shallow")
    assert count.strip() == "4"
    ada.git("clone", "--quiet", "--filter=blob:none", ada.address("hello"), "partial")


@pytest.mark.parametrize("version", ["0", "1"])
def test_older_protocols_too(ada: Client, version: str) -> None:
    work = ada.work("hello")
    old = ("-c", f"protocol.version={version}")
    ada.git(*old, "push", "origin", "main", folder=work)
    ada.git(*old, "clone", "--quiet", ada.address("hello"), "copy")
    assert (ada.folder / "copy" / "file").exists()


def test_requests_that_are_compressed(ada: Client) -> None:
    """Git compresses what it asks for when it is long: many refs of which it has none."""
    work = ada.work("hello")
    for number in range(60):
        ada.commit(work, f"{number}\n")
        ada.git("branch", f"b{number}", folder=work)
    ada.git("push", "--quiet", "--all", "origin", folder=work)
    said = ada.git(
        "-c", "protocol.version=0", "clone", ada.address("hello"), "c", GIT_CURL_VERBOSE="1"
    )
    assert "Content-Encoding: gzip" in said
    assert len(ada.git("branch", "-r", folder=ada.folder / "c").splitlines()) == 62


def test_a_body_that_is_no_gzip_is_refused(running: Running, ada: Client) -> None:
    ada.git("push", "origin", "main", folder=ada.work("hello"))
    headers = {
        "content-type": "application/x-git-upload-pack-request",
        "content-encoding": "gzip",
    }
    for body in (b"no gzip", gzip.compress(b"0000")[:8]):
        answer = httpx.post(
            f"{running.url}/hello.git/git-upload-pack",
            content=body,
            headers=headers,
            auth=("x", ada.token),
            trust_env=False,
        )
        assert answer.status_code >= 400 or answer.content == b""


def test_a_force_push_is_taken_where_nothing_is_protected(ada: Client, running: Running) -> None:
    work = ada.work("hello")
    ada.git("push", "origin", "main", folder=work)
    ada.git("commit", "--quiet", "--amend", "--message=better", folder=work)
    assert "rejected" in ada.git("push", "origin", "main", folder=work, code=1)
    ada.git("push", "--force", "origin", "main", folder=work)
    head = ada.git("rev-parse", "HEAD", folder=work).strip()
    assert running.git("hello").head("refs/heads/main") == head


class TestProtected:
    """A branch that is protected."""

    @pytest.fixture
    def work(self, running: Running, ada: Client) -> Path:
        work = ada.work("hello")
        ada.git("push", "origin", "main", folder=work)
        protected = {"protected": ("main", "release/*")}
        change(running.store, running.paths, "hello", by="owner", now=1.0, **protected)
        return work

    def test_writers_do_not_push_to_it(self, ada: Client, work: Path) -> None:
        ada.commit(work, "more\n")
        said = ada.git("push", "origin", "main", folder=work, code=1)
        assert "remote: main is protected: a token with the scope admin is needed" in said
        ada.git("push", "origin", "main:side", folder=work)
        ada.git("push", "origin", "main:refs/heads/release/1", folder=work, code=1)

    def test_an_administrator_does_but_not_by_force(
        self, running: Running, ada: Client, work: Path, tmp_path: Path
    ) -> None:
        boss = running.client(tmp_path / "boss", Scope.ADMIN)
        there = ada.commit(work, "more\n")
        boss.git("push", boss.address("hello"), "main", folder=work)
        ada.git("commit", "--quiet", "--amend", "--message=better", folder=work)
        said = boss.git("push", "--force", boss.address("hello"), "main", folder=work, code=1)
        assert "remote: main is protected: no force push" in said
        assert running.git("hello").head("refs/heads/main") == there

    def test_nobody_deletes_it(self, running: Running, work: Path, tmp_path: Path) -> None:
        boss = running.client(tmp_path / "boss", Scope.ADMIN)
        boss.git("push", boss.address("hello"), "main:refs/heads/release/1", folder=work)
        gone = boss.git("push", boss.address("hello"), ":release/1", folder=work, code=1)
        assert "release/1 is protected and is not deleted" in gone
        gone = boss.git("push", boss.address("hello"), ":main", folder=work, code=1)
        assert "main is the default branch and is not deleted" in gone


def test_a_branch_that_is_deleted_is_gone(running: Running, ada: Client) -> None:
    work = ada.work("hello")
    ada.git("push", "origin", "main", "main:side", folder=work)
    ada.git("push", "origin", ":side", folder=work)
    assert list(running.git("hello").heads()) == ["refs/heads/main"]


def test_the_first_branch_becomes_the_default(running: Running, ada: Client) -> None:
    work = ada.work("hello")
    ada.git("push", "origin", "main:master", folder=work)
    row = running.store.repository("hello")
    assert row is not None
    assert row.default_branch == "master"
    ada.git("clone", "--quiet", ada.address("hello"), "copy")
    assert (ada.folder / "copy" / "file").exists()


def test_only_branches_and_tags_with_names_that_can_be_shown(ada: Client) -> None:
    work = ada.work("hello")
    ada.git("push", "origin", "main", folder=work)
    for ref, why in {
        "refs/notes/x": "only branches and tags are taken",
        "refs/rackhouse/x": "hidden ref",
        "refs/heads/" + "x" * 240: "too long or too odd",
        "refs/heads/-option": "too long or too odd",
    }.items():
        said = ada.git("push", "origin", f"main:{ref}", folder=work, code=1)
        assert why in said, said


def test_a_browser_is_sent_to_the_pages(running: Running) -> None:
    for path, to in {
        "/hello": "/hello",
        "/hello.git": "/hello",
        "/hello/x": "/hello",
        "/": "",
    }.items():
        answer = httpx.get(running.url + path, trust_env=False)
        assert answer.status_code == 302
        assert answer.headers["location"] == f"{CONSOLE}/repositories{to}"


def test_a_repository_that_was_made_before(running: Running, ada: Client) -> None:
    create(running.store, running.paths, "hello", by="owner", now=1.0)
    ada.git("clone", "--quiet", ada.address("hello"), "copy")
    ada.git("push", "origin", "main", folder=ada.work("hello"))
    assert folder_of(running.paths, "hello").is_dir()
