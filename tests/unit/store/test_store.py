"""One suite for every `Store`: SQLite and its in-memory twin."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rackhouse.resources.core import Id
from rackhouse.resources.seen import Stamp
from rackhouse.store.memory import MemoryStore
from rackhouse.store.protocol import ApplicationRow, ReleaseRow, ReleaseStatus, Result, Store
from rackhouse.store.sqlite import SqliteStore

SECRET = Id("vault", "secret", "hello.db")
PORT = Id("machine", "port", "hello")


@pytest.fixture(params=["sqlite", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    store: Store = (
        SqliteStore(tmp_path / "s" / "x.db") if request.param == "sqlite" else MemoryStore()
    )
    yield store
    store.close()


def _release(number: int = 0, application: str = "hello") -> ReleaseRow:
    return ReleaseRow(
        application=application,
        number=number,
        status=ReleaseStatus.NEW,
        digest="d",
        app="{}",
        made=1.0,
        by="deploy",
    )


def test_a_value_is_chosen_once(store: Store) -> None:
    assert store.values(SECRET) == {}
    assert store.values_version(SECRET) == ""
    first = store.choose(SECRET, lambda: {"value": "hush"})
    again = store.choose(SECRET, lambda: {"value": "b"})
    assert first["value"].reveal() == again["value"].reveal() == "hush"
    assert "hush" not in repr(first)


def test_a_failed_choice_leaves_nothing(store: Store) -> None:
    def fail() -> dict[str, str]:
        raise LookupError

    with pytest.raises(LookupError):
        store.choose(PORT, fail)
    assert store.values(PORT) == {}


def test_replacing_changes_the_version_and_forgetting_the_value(store: Store) -> None:
    store.choose(SECRET, lambda: {"value": "a"})
    before = store.values_version(SECRET)
    store.replace(SECRET, {"value": "b"})
    assert store.values_version(SECRET) != before
    assert store.values(SECRET)["value"].reveal() == "b"
    store.forget(SECRET)
    assert store.values(SECRET) == {}


def test_chosen_values_are_listed_by_kind(store: Store) -> None:
    store.choose(SECRET, lambda: {"value": "a"})
    store.choose(PORT, lambda: {"number": "1"})
    assert list(store.chosen("machine", "port")) == [PORT]
    assert {id: list(values) for id, values in store.all_chosen().items()} == {
        SECRET: ["value"],
        PORT: ["number"],
    }


def test_stamps_come_back_as_they_were_put(store: Store) -> None:
    stamp = Stamp(rack="home", digest="d", before=frozenset({SECRET}), claims=frozenset({"x"}))
    store.put_stamp(PORT, stamp)
    store.put_stamp(PORT, stamp.finished("f"))
    assert store.stamp(PORT) == stamp.finished("f")
    assert store.stamps("machine") == {PORT: stamp.finished("f")}
    assert store.stamps("vault") == {}
    store.drop_stamp(PORT)
    assert store.stamp(PORT) is None


def test_releases_are_numbered_and_a_number_is_never_given_twice(store: Store) -> None:
    assert [store.add_release(_release()).number for _ in range(3)] == [1, 2, 3]
    store.drop_release("hello", 3)
    assert store.add_release(_release()).number == 4
    assert store.add_release(_release(application="other")).number == 1
    assert [row.number for row in store.releases("hello")] == [1, 2, 4]


def test_one_release_is_live_at_most(store: Store) -> None:
    for _ in range(2):
        store.add_release(_release())
    store.set_release_status("hello", 1, ReleaseStatus.LIVE)
    store.set_release_status("hello", 2, ReleaseStatus.LIVE)
    assert [row.status for row in store.releases("hello")] == [
        ReleaseStatus.OLD,
        ReleaseStatus.LIVE,
    ]


def test_dropping_an_application_drops_its_releases(store: Store) -> None:
    store.put_application(ApplicationRow(name="hello", uid="u"))
    store.add_release(_release())
    store.drop_application("hello")
    assert store.application("hello") is None
    assert store.releases("hello") == []


def test_an_apply_that_was_killed_has_no_end(store: Store) -> None:
    done = store.begin_apply("ada", "up", ["+ a", "+ b"], 1.0)
    store.record_step(done, 0, Result.RUNNING, 2.0)
    store.record_step(done, 0, Result.FAILED, 3.0, "no disk")
    store.record_step(done, 1, Result.BLOCKED, 3.0)
    store.end_apply(done, 4.0)
    killed = store.begin_apply("ada", "deploy", ["~ a"], 5.0)
    store.record_step(killed, 0, Result.RUNNING, 6.0)
    newest, oldest = store.journal()
    assert (newest.number, newest.ended, newest.steps[0].ended) == (killed, None, None)
    assert [(s.step, s.result, s.began, s.ended, s.why) for s in oldest.steps] == [
        ("+ a", Result.FAILED, 2.0, 3.0, "no disk"),
        ("+ b", Result.BLOCKED, 3.0, 3.0, ""),
    ]
    assert [row.number for row in store.journal(limit=1)] == [killed]


def test_of_the_journal_the_newest_stay_and_their_numbers_go_on(store: Store) -> None:
    for _ in range(5):
        number = store.begin_apply("ada", "up", ["+ a"], 1.0)
        store.record_step(number, 0, Result.DONE, 2.0)
    store.prune_journal(7)
    assert [row.number for row in store.journal()] == [5, 4, 3, 2, 1]
    store.prune_journal(2)
    assert [(row.number, len(row.steps)) for row in store.journal()] == [(5, 1), (4, 1)]
    assert store.begin_apply("ada", "up", [], 3.0) == 6
    store.end_apply(6, 4.0)
    assert store.journal(1)[0].ended == 4.0


def test_a_text_stays_while_a_stamp_here_or_elsewhere_names_it(store: Store) -> None:
    for digest in ("here", "elsewhere", "nowhere"):
        store.remember_text(digest, "{}")
    store.put_stamp(PORT, Stamp(rack="r", digest="here"))
    store.prune_texts({"elsewhere", "of-another"})
    assert store.text_of("here") == store.text_of("elsewhere") == "{}"
    assert store.text_of("nowhere") is None


def test_texts_and_settings(store: Store) -> None:
    store.remember_text("d", "{}")
    assert (store.text_of("d"), store.text_of("e")) == ("{}", None)
    assert store.setting("file") is None
    store.put_setting("file", "a")
    store.put_setting("file", "b")
    assert store.setting("file") == "b"
