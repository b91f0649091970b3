"""Another name for a repository: all that is known of it goes along, wherever it is cut."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from rackhouse.delivery.repositories import create, folder_of, mend, remove, rename
from rackhouse.delivery.runs.secrets import give, secrets_of
from rackhouse.kit.errors import Locked, Refused, UsageError
from rackhouse.store.forge import PreviewRow, RunRow, RunStatus
from rackhouse.store.lock import hold
from rackhouse.store.sqlite import SqliteStore
from unit.delivery.repositories.conftest import Place

OPEN_RUN = RunRow(repository="hello", ref="refs/heads/main", sha="a1", who="ada", made=1.0)


def go(place: Place, to: str = "hi") -> None:
    rename(place.forge, place.paths, "hello", to, by="ada", now=2.0)


def secret(place: Place, repository: str, value: str = "") -> list[str]:
    store = SqliteStore(place.paths.store)
    try:
        if value:
            give(store, place.forge, repository, "KEY", value)
        return [each.reveal() for each in secrets_of(store, repository).values()]
    finally:
        store.close()


def test_all_that_is_known_of_it_goes_along(place: Place) -> None:
    place.make()
    sha = place.commit({"a": b"1"})
    secret(place, "hello", "open-sesame")
    run = place.forge.add_run(replace(OPEN_RUN, status=RunStatus.PASSED))
    preview = PreviewRow(
        application="x--hello",
        repository="hello",
        ref="refs/heads/x",
        parent="hello",
        made=1.0,
        expires=9.0,
    )
    place.forge.put_preview(preview)
    go(place)
    assert [row.name for row in place.forge.repositories()] == ["hi"]
    assert place.git("hi").head("refs/heads/main") == sha
    assert place.forge.runs() == [replace(run, repository="hi")]
    assert place.forge.previews() == [replace(preview, repository="hi")]
    assert secret(place, "hi") == ["open-sesame"]
    assert secret(place, "hello") == []
    assert [row.detail for row in place.forge.audit(thing="repository/hi")] == ["was hello"]
    assert [path.name for path in place.paths.repositories.glob("[!.]*")] == ["hi.git"]
    place.make("hello")
    assert place.git().heads() == {}


@pytest.mark.parametrize(
    "call",
    [
        mend,
        lambda forge, paths: create(forge, paths, "hello", by="ada", now=3.0),
        lambda forge, paths: remove(forge, paths, "other", by="ada", now=3.0),
        lambda forge, paths: rename(forge, paths, "other", "another", by="ada", now=3.0),
    ],
    ids=["start", "create", "remove", "rename"],
)
def test_cut_once_the_rows_have_changed_it_goes_forward(
    place: Place, call: Callable[..., object]
) -> None:
    place.make()
    place.make("other")
    sha = place.commit({"a": b"1"})
    secret(place, "hello", "open-sesame")
    (place.paths.repositories / ".renaming").write_text("hello hi\n")
    place.forge.rename_repository("hello", "hi")
    call(place.forge, place.paths)
    assert place.git("hi").head("refs/heads/main") == sha
    assert secret(place, "hi") == ["open-sesame"]
    assert place.forge.repository("hello") is None or place.git().heads() == {}
    assert not (place.paths.repositories / ".renaming").exists()


def test_cut_before_that_nothing_has_changed(place: Place) -> None:
    place.make()
    sha = place.commit({"a": b"1"})
    (place.paths.repositories / ".renaming").write_text("hello hi\n")
    mend(place.forge, place.paths)
    assert place.git().head("refs/heads/main") == sha
    go(place, "greeter")
    assert place.git("greeter").head("refs/heads/main") == sha


def test_what_cannot_be(place: Place) -> None:
    place.make()
    place.make("other")
    for to, error in (
        ("No", UsageError),
        ("other", Refused),
        ("hello", Refused),
        ("rack", Refused),
    ):
        with pytest.raises(error):
            go(place, to)
    run = place.forge.add_run(OPEN_RUN)
    with pytest.raises(Refused, match="a run of hello is open"):
        go(place)
    with (
        hold(place.paths.repositories / ".renaming.lock", "rename other", 1.0),
        pytest.raises(Locked),
    ):
        go(place)
    assert folder_of(place.paths, "hello").is_dir()
    assert [row.name for row in place.forge.repositories()] == ["hello", "other"]
    place.forge.change_run(replace(run, status=RunStatus.PASSED), RunStatus.WAITING)
    go(place)
