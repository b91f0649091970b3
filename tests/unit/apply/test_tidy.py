"""Housekeeping: nothing that anything refers to ever leaves, and what nothing refers to does."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from rackhouse.apply.tidy import APPLIES, LOG_SECONDS, tidy
from rackhouse.kit.errors import HostError, Refused
from rackhouse.kit.paths import Paths
from rackhouse.resources.seen import Observed
from rackhouse.store.memory import MemoryStore
from rackhouse.store.protocol import ReleaseRow, ReleaseStatus
from rackhouse.store.sqlite import SqliteStore
from rackhouse.targets.memory import Killed, MemoryWorld
from unit.apply.worlds import TARGETS, Want, apply_to, thing, want, wants

NOW = 1_800_000_000.0
OLD = NOW - LOG_SECONDS - 1
EMPTY = Observed()


def _apply(world: MemoryWorld, resources: Want, tmp: Path, store: MemoryStore) -> None:
    def settled(observed: Observed) -> None:
        tidy(store, Paths(tmp), observed, NOW)

    try:
        apply_to(world, resources, tmp, store=store, settled=settled)
    except Refused:
        assume(False)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    chain=st.lists(wants(), min_size=2, max_size=4),
    kill_at=st.none() | st.integers(1, 12),
    out_of_sight=st.sets(st.sampled_from(TARGETS)),
)
def test_a_text_that_a_stamp_names_stays_whatever_was_applied(
    chain: list[Want], kill_at: int | None, out_of_sight: set[str], tmp_path: Path
) -> None:
    world, store = MemoryWorld(), MemoryStore()
    for resources in chain[:-1]:
        _apply(world, resources, tmp_path, store)
    world.kill_at, world.ticks = kill_at, 0
    with contextlib.suppress(Killed):
        _apply(world, chain[-1], tmp_path, store)
    world.revive()
    world.unreachable |= out_of_sight
    _apply(world, chain[-1], tmp_path, store)
    stamps = [each.stamp for each in world.things.values() if each.stamp]
    assert all(store.text_of(stamp.digest) for stamp in stamps)


def test_texts_that_nothing_is_made_from_any_more_leave(tmp_path: Path) -> None:
    world, store = MemoryWorld(), MemoryStore()
    first, second = (thing("machine/file/a", version=version) for version in "12")
    for resource in (first, second):
        _apply(world, want(resource), tmp_path, store)
    assert store.text_of(second.digest) == second.text
    assert store.text_of(first.digest) is None


def test_an_apply_that_was_killed_is_not_the_last_word(tmp_path: Path) -> None:
    world, store = MemoryWorld(), MemoryStore()
    it = want(thing("machine/file/a"))
    _apply(world, it, tmp_path, store)
    store.begin_apply("ada", "up", [], NOW)  # killed when all was done
    _apply(world, it, tmp_path, store)
    newest, killed, _ = store.journal()
    assert (killed.ended, newest.steps) == (None, ())
    assert newest.ended is not None
    _apply(world, it, tmp_path, store)
    assert store.journal()[0] == newest, "an apply that finds nothing to do is no news"


def test_the_journal_is_bounded(tmp_path: Path) -> None:
    store = MemoryStore()
    for _ in range(APPLIES + 3):
        store.end_apply(store.begin_apply("ada", "up", [], NOW), NOW)
    tidy(store, Paths(tmp_path), EMPTY, NOW)
    rows = store.journal(limit=2 * APPLIES)
    assert (len(rows), rows[0].number) == (APPLIES, APPLIES + 3)


def _log(paths: Paths, name: str, written: float) -> None:
    paths.logs.mkdir(parents=True, exist_ok=True)
    for file in (f"{name}.log", f"{name}.log.1"):
        (paths.logs / file).write_text("said\n")
        os.utime(paths.logs / file, (written, written))


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    """With a log of everything that there is, and of everything that there was."""
    paths = Paths(tmp_path)
    paths.units.mkdir()
    (paths.packages / "python-1").mkdir(parents=True)
    for unit in ("postgres", "gb.web@r2"):
        (paths.units / f"{unit}.json").write_text("{}")
    known = ("supervisor", "postgres", "gb.web@r2", "gb.build@r1", "packages.python-1")
    for name in (*known, *GONE):
        _log(paths, name, OLD)
    _log(paths, "gone.yesterday@r1", NOW - 86400)
    return paths


GONE = ("gb.web@r0", "other.web@r1", "gb.timer", "packages.python-0", "postgresql")


@pytest.fixture
def store() -> MemoryStore:
    store = MemoryStore()
    row = ReleaseRow(
        application="gb",
        number=1,
        status=ReleaseStatus.FAILED,
        digest="d",
        app="{}",
        made=1.0,
        by="deploy",
    )
    store.add_release(row)
    return store


def test_old_logs_of_what_has_gone_leave_with_their_elders(
    paths: Paths, store: MemoryStore
) -> None:
    before = {file.name for file in paths.logs.iterdir()}
    tidy(store, paths, EMPTY, NOW)
    left = before - {file.name for file in paths.logs.iterdir()}
    assert left == {f"{name}.log{end}" for name in GONE for end in ("", ".1")}


def test_what_was_cut_short_leaves_the_next_time(paths: Paths, store: MemoryStore) -> None:
    (paths.logs / "gb.timer.log.1").unlink()  # killed right there
    tidy(store, paths, EMPTY, NOW)
    assert not list(paths.logs.glob("gb.timer*"))


def test_a_store_that_cannot_be_written_fails_no_apply(paths: Paths) -> None:
    store = SqliteStore(paths.store)
    store.close()
    with pytest.raises(HostError):
        store.prune_journal(1)
    tidy(store, paths, EMPTY, NOW)
    assert paths.logs.exists()
