"""What is forgotten of runs: old ones, with their folders, and never what is still needed."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from rackhouse.delivery.repositories import remove
from rackhouse.delivery.runs import prune as prune_module
from rackhouse.delivery.runs.log import RunLog
from rackhouse.delivery.runs.prune import AUDIT_LEAST, AUDIT_SECONDS, prune
from rackhouse.delivery.runs.queue import run_folder
from rackhouse.store.forge import AuditRow, Event, RunRow, RunStatus
from unit.delivery.repositories.conftest import Place, place

__all__ = ["place"]
FEW = 3


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prune_module, "KEEP", FEW)


def run(place: Place, *, ref: str = "refs/heads/main", **fields: Any) -> int:
    """A run that is over, with a log."""
    row = RunRow(repository="hello", ref=ref, sha="a1", who="ada", made=1.0)
    row = place.forge.add_run(replace(row, **{"status": RunStatus.PASSED, **fields}))
    RunLog(run_folder(place.paths, row.number)).close()
    return row.number


def left(place: Place) -> list[int]:
    numbers = sorted(row.number for row in place.forge.runs())
    folders = sorted(int(folder.name) for folder in place.paths.runs.glob("[0-9]*"))
    assert numbers == folders
    return numbers


def test_the_newest_stay_with_their_folders(place: Place) -> None:
    place.make()
    place.make("other")
    first = run(place, repository="other")
    numbers = [run(place) for _ in range(FEW + 2)]
    prune(place.forge, place.paths, 2.0)
    assert left(place) == [first, *numbers[2:]]


def test_what_is_still_needed_stays(place: Place) -> None:
    """Open ones, what made a release that is there, and the last of each kind of a branch."""
    place.make()
    place.commit({"a": b"1"}, on="old")
    (place.paths.releases / "hello" / "r2").mkdir(parents=True)
    needed = [
        run(place, status=RunStatus.RUNNING),
        run(place, status=RunStatus.WAITING, event=Event.DISPATCH),
        run(place, application="hello", release=2),
        run(place, ref="refs/heads/old"),
        run(place, ref="refs/heads/old", event=Event.SCHEDULE, given={"schedule": "1 * * * *"}),
        run(place, ref="refs/heads/old", event=Event.SCHEDULE, given={"schedule": "2 * * * *"}),
    ]
    run(place, application="hello", release=1)
    run(place, ref="refs/heads/gone")
    run(place, status=RunStatus.FAILED)
    newest = [run(place) for _ in range(FEW)]
    prune(place.forge, place.paths, 2.0)
    assert left(place) == [*needed, *newest]


def test_of_a_repository_that_is_gone_what_made_a_release_stays(place: Place) -> None:
    place.make()
    (place.paths.releases / "hello" / "r1").mkdir(parents=True)
    kept = run(place, application="hello", release=1)
    run(place)
    remove(place.forge, place.paths, "hello", by="ada", now=2.0)
    prune(place.forge, place.paths, 2.0)
    assert left(place) == [kept]


def test_what_a_killed_call_left_is_swept(place: Place) -> None:
    place.make()
    number = run(place)
    (place.paths.runs / "slots").mkdir()
    place.forge.drop_runs([number])
    prune(place.forge, place.paths, 2.0)
    assert [folder.name for folder in place.paths.runs.iterdir()] == ["slots"]


def test_branches_that_cannot_be_read_keep_their_runs(place: Place) -> None:
    place.make()
    numbers = [run(place) for _ in range(FEW + 1)]
    (place.paths.repositories / "hello.git" / "HEAD").unlink()
    prune(place.forge, place.paths, 2.0)
    assert left(place) == numbers


def test_artifacts_have_their_own_time(place: Place) -> None:
    place.make()
    folder = run_folder(place.paths, run(place)) / "artifacts"
    for name, leaves in (("short", 10.0), ("long", None)):
        (folder / name).mkdir(parents=True)
        note = {"files": 0, "made": 1.0, "leaves": leaves}
        (folder / f"{name}.json").write_text(json.dumps(note))
    prune(place.forge, place.paths, 11.0)
    assert sorted(it.name for it in folder.iterdir()) == ["long", "long.json"]


def test_caches_go_with_their_repository_or_when_they_are_too_large(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prune_module, "CACHES", 1000)
    caches = place.paths.caches / "runs"
    for name, size in (("hello", 1000), ("large", 1001), ("busy", 1001), ("gone", 1)):
        if name != "gone":
            place.make(name)
        (caches / name / "pip").mkdir(parents=True)
        (caches / name / "pip" / "it").write_bytes(bytes(size))
    run(place, repository="busy", status=RunStatus.RUNNING)
    prune(place.forge, place.paths, 2.0)
    assert sorted(folder.name for folder in caches.iterdir()) == ["busy", "hello"]
    remove(place.forge, place.paths, "hello", by="ada", now=2.0)
    assert [folder.name for folder in caches.iterdir()] == ["busy"]


def test_who_did_what_is_kept_for_a_year_and_never_too_little(place: Place) -> None:
    for _ in range(AUDIT_LEAST + 5):
        place.forge.note(AuditRow(at=1.0, who="ada", what="pushed", thing="x"))
    prune(place.forge, place.paths, AUDIT_SECONDS)
    assert len(place.forge.audit(limit=9999)) == AUDIT_LEAST + 5
    prune(place.forge, place.paths, AUDIT_SECONDS + 2.0)
    assert len(place.forge.audit(limit=9999)) == AUDIT_LEAST
