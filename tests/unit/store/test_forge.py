"""What the forge remembers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from rackhouse.store.forge import (
    AuditRow,
    Event,
    JobRow,
    PreviewRow,
    RepositoryRow,
    RunRow,
    RunStatus,
    Scope,
    TokenRow,
)
from rackhouse.store.sqlite_forge import SqliteForge


@pytest.fixture
def forge(tmp_path: Path) -> Iterator[SqliteForge]:
    forge = SqliteForge(tmp_path / "store.db")
    yield forge
    forge.close()


def push(repository: str = "hello", ref: str = "refs/heads/main", sha: str = "a1") -> RunRow:
    return RunRow(repository=repository, ref=ref, sha=sha, who="owner", made=1.0)


def test_a_repository_is_kept_as_it_is(forge: SqliteForge) -> None:
    row = RepositoryRow(name="hello", protected=("main", "v*"), quota=5, trusted=False, made=2.0)
    forge.put_repository(row)
    assert forge.repository("hello") == row
    assert list(forge.repositories()) == [row]
    forge.drop_repository("hello")
    assert forge.repository("hello") is None


def test_a_repository_is_renamed_with_what_is_known_of_it(forge: SqliteForge) -> None:
    forge.put_repository(RepositoryRow(name="hello", quota=5))
    forge.put_repository(RepositoryRow(name="other"))
    forge.put_person("ada", 1.0)
    token = TokenRow(person="ada", title="t", digest="d", scope=Scope.READ, made=1.0)
    named = forge.add_token(replace(token, repositories=("hello", "web-*")))
    all_ = forge.add_token(replace(token, digest="e"))
    run = forge.add_run(push())
    assert not forge.rename_repository("hello", "hi"), "a run of it is open"
    forge.change_run(replace(run, status=RunStatus.PASSED), RunStatus.WAITING)
    assert not forge.rename_repository("hello", "other")
    assert forge.rename_repository("hello", "hi")
    assert [row.name for row in forge.repositories()] == ["hi", "other"]
    assert [row.number for row in forge.runs(repository="hi")] == [run.number]
    assert forge.tokens() == [replace(named, repositories=("hi", "web-*")), all_]


def test_tokens_are_found_by_their_digest_and_leave_with_their_person(forge: SqliteForge) -> None:
    forge.put_person("ada", 1.0)
    forge.put_person("ada", 2.0)
    row = TokenRow(person="ada", title="desk", digest="d1", scope=Scope.WRITE, made=1.0)
    row = forge.add_token(row)
    assert forge.token_of("d1") == row
    forge.use_token(row.id, 9.0)
    assert forge.tokens("ada") == [replace(row, used=9.0)]
    assert forge.tokens("eve") == []
    forge.drop_person("ada")
    assert forge.token_of("d1") is None


def test_a_newer_push_supersedes_those_that_wait(forge: SqliteForge) -> None:
    first, other, elsewhere = (
        forge.add_run(push()),
        forge.add_run(push(ref="refs/heads/x")),
        forge.add_run(push("b")),
    )
    by_hand = forge.add_run(replace(push(), event=Event.DISPATCH))
    running = forge.add_run(push(sha="a2"))
    assert [run.status for run in reversed(forge.runs())] == [
        RunStatus.SUPERSEDED,
        *[RunStatus.WAITING] * 4,
    ]
    assert forge.change_run(replace(running, status=RunStatus.RUNNING), RunStatus.WAITING)
    forge.add_run(push(sha="a3"))
    found = forge.run(running.number)
    assert found is not None
    assert found.status is RunStatus.RUNNING, "what has begun goes on"
    assert {r.number for r in forge.runs(repository="hello", ref="refs/heads/main")} == {
        first.number,
        by_hand.number,
        running.number,
        running.number + 1,
    }
    assert {r.number for r in forge.runs(statuses={RunStatus.WAITING})} == {
        other.number,
        elsewhere.number,
        by_hand.number,
        running.number + 1,
    }


def test_two_who_begin_the_same_run_cannot_both(forge: SqliteForge) -> None:
    run = forge.add_run(push())
    begun = replace(run, status=RunStatus.RUNNING, began=2.0)
    assert forge.change_run(begun, RunStatus.WAITING)
    assert not forge.change_run(begun, RunStatus.WAITING)
    assert forge.run(run.number) == begun


def test_jobs_leave_with_their_run(forge: SqliteForge) -> None:
    run = forge.add_run(push())
    job = JobRow(
        run=run.number, position=0, workflow="ci", name="test", title="test (3.11)", needs=("lint",)
    )
    forge.put_job(job)
    forge.put_job(replace(job, status=RunStatus.PASSED))
    assert forge.jobs(run.number) == [replace(job, status=RunStatus.PASSED)]
    forge.drop_runs([run.number])
    assert forge.jobs(run.number) == []
    assert forge.add_run(push()).number > run.number, "no number is given twice"


def test_previews(forge: SqliteForge) -> None:
    row = PreviewRow(
        application="x--hello",
        repository="hello",
        ref="refs/heads/x",
        parent="hello",
        made=1.0,
        expires=2.0,
    )
    forge.put_preview(row)
    assert forge.previews() == [row]
    forge.drop_preview("x--hello")
    assert forge.previews() == []


def test_who_did_what(forge: SqliteForge) -> None:
    for n in range(3):
        forge.note(AuditRow(at=float(n), who="ada", what="pushed", thing=f"repository/{n}"))
    assert [row.thing for row in forge.audit(limit=2)] == ["repository/2", "repository/1"]
    assert [row.at for row in forge.audit(thing="repository/0")] == [0.0]


def test_who_did_what_is_forgotten_after_a_while(forge: SqliteForge) -> None:
    def left(**limits: int) -> list[float]:
        forge.drop_audit(before=7.0, **limits)
        return [row.at for row in forge.audit()]

    for n in (1.0, 2.0, 9.0, 3.0, 4.0, 8.0):
        forge.note(AuditRow(at=n, who="ada", what="pushed", thing="repository/hello"))
    assert left(least=6, most=6) == [8.0, 4.0, 3.0, 9.0, 2.0, 1.0]
    assert left(least=6, most=5) == [8.0, 4.0, 3.0, 9.0, 2.0]
    assert left(least=2, most=5) == [8.0, 4.0, 9.0], "the newest stay, whatever the clock says"
