"""The queue of runs: no push is lost, each branch keeps its order, what was cut comes back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackhouse.delivery.runs import queue
from rackhouse.delivery.runs.log import read_log
from rackhouse.delivery.runs.queue import Update
from rackhouse.kit.paths import Paths
from rackhouse.store.forge import OPEN, Event, RepositoryRow, RunRow, RunStatus
from rackhouse.store.sqlite_forge import SqliteForge

MAIN = "refs/heads/main"
HELLO = RepositoryRow(name="hello")


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path)


@pytest.fixture
def forge(paths: Paths) -> Iterator[SqliteForge]:
    forge = SqliteForge(paths.store)
    yield forge
    forge.close()


def push(forge: SqliteForge, sha: str, *, before: str = "", ref: str = MAIN) -> list[RunRow]:
    update = Update(ref=ref, before=before, after=sha)
    return queue.pushed(forge, HELLO, [update], who="ada", now=1.0)


def test_a_push_is_a_run_for_each_branch_and_tag_that_moved(forge: SqliteForge) -> None:
    refs = (MAIN, "refs/heads/x", "refs/tags/v1", "refs/notes/commits")
    updates = [Update(ref=ref, before="", after="a1") for ref in refs]
    runs = queue.pushed(forge, HELLO, updates, who="ada", now=1.0)
    assert [run.ref for run in runs] == list(refs[:3])
    assert forge.runs() == runs[::-1]


def test_what_is_reported_twice_runs_once(forge: SqliteForge) -> None:
    assert push(forge, "a1") == push(forge, "a1")
    assert len(forge.runs()) == 1
    push(forge, "a2")
    push(forge, "a1")
    assert len(forge.runs()) == 3, "back and forth are pushes too"


def test_by_hand_it_runs_again(forge: SqliteForge) -> None:
    (run,) = push(forge, "a1")
    again = queue.retry(forge, run, who="eve", now=2.0)
    assert (again.sha, again.event, again.who) == ("a1", Event.DISPATCH, "eve")
    assert push(forge, "a1")[0].number == run.number


def test_a_branch_that_is_deleted_runs_no_more(forge: SqliteForge) -> None:
    (run,) = push(forge, "a1", ref="refs/heads/x")
    assert push(forge, "", before="a1", ref="refs/heads/x") == []
    found = forge.run(run.number)
    assert found is not None
    assert (found.status, found.why) == (RunStatus.CANCELLED, "its branch was deleted")


@pytest.mark.parametrize("status", [RunStatus.PASSED, RunStatus.FAILED, RunStatus.RUNNING])
def test_a_branch_that_comes_back_with_the_same_commit_runs_again(
    forge: SqliteForge, status: RunStatus
) -> None:
    (run,) = push(forge, "a1")
    forge.change_run(replace(run, status=status), RunStatus.WAITING)
    push(forge, "", before="a1")
    (again,) = push(forge, "a1")
    assert again.number > run.number
    assert push(forge, "a1") == [again]


def test_a_clock_that_goes_back_changes_no_order(forge: SqliteForge, paths: Paths) -> None:
    """What was pushed first runs first, though it says that it is of tomorrow; what runs is not
    taken for cut, and what was cut begins anew.
    """
    for sha, ref, now in (("a1", MAIN, 86400.0), ("b1", "refs/heads/x", 1.0)):
        update = Update(ref=ref, before="", after=sha)
        queue.pushed(forge, HELLO, [update], who="ada", now=now)
    assert [run.sha for run in queue.ready(forge)] == ["a1", "b1"]
    with queue.claimed(forge, paths, 86400.0) as run:
        assert run is not None
        assert run.sha == "a1"
        assert queue.mend(forge, paths, 1.0) == []
    (cut,) = queue.mend(forge, paths, 1.0)
    assert (cut.sha, cut.status) == ("a1", RunStatus.WAITING)
    (newer,) = push(forge, "a2")
    assert [run.sha for run in queue.ready(forge)] == ["b1", "a2"]
    assert forge.run(cut.number) != cut, "superseded by the newer, which has the older time"
    assert newer.made < cut.made


def test_one_run_at_a_time_for_each_branch(forge: SqliteForge, paths: Paths) -> None:
    (first,) = push(forge, "a1")
    (other,) = push(forge, "b1", ref="refs/heads/x")
    with queue.claimed(forge, paths, 2.0) as one:
        assert one == replace(first, status=RunStatus.RUNNING, began=2.0)
        assert queue.holder(paths, first.number) > 0
        (second,) = push(forge, "a2")
        with queue.claimed(forge, paths, 2.0) as two:
            assert two is not None
            assert two.number == other.number
            with queue.claimed(forge, paths, 2.0) as three:
                assert three is None
        forge.change_run(replace(one, status=RunStatus.PASSED), RunStatus.RUNNING)
    assert queue.holder(paths, first.number) == 0
    with queue.claimed(forge, paths, 3.0) as next_:
        assert next_ is not None
        assert next_.number == second.number


def test_a_run_that_was_cut_is_begun_once_more(forge: SqliteForge, paths: Paths) -> None:
    (run,) = push(forge, "a1")
    with queue.claimed(forge, paths, 2.0):
        assert queue.mend(forge, paths, 3.0) == [], "it is being worked on"
    (cut,) = queue.mend(forge, paths, 3.0)
    assert (cut.status, cut.attempt) == (RunStatus.WAITING, 2)
    with queue.claimed(forge, paths, 4.0) as again:
        assert again is not None
        assert again.attempt == 2
    (cut,) = queue.mend(forge, paths, 5.0)
    assert (cut.status, cut.ended) == (RunStatus.FAILED, 5.0)
    assert "cut short twice" in cut.why
    assert queue.mend(forge, paths, 6.0) == []
    assert len([*read_log(queue.run_folder(paths, run.number))]) == 2


ACTIONS = st.lists(st.sampled_from(["push main", "push x", "begin", "end", "cut"]), max_size=40)


@given(ACTIONS)
def test_no_push_is_lost_and_each_branch_keeps_its_order(actions: list[str]) -> None:
    """The newest push of each branch always runs in the end, and none begins after a newer one."""
    with TemporaryDirectory() as folder, ExitStack() as held:
        paths = Paths(Path(folder))
        forge = SqliteForge(paths.store)
        working: dict[int, ExitStack] = {}
        begun: dict[str, list[int]] = {}
        newest: dict[str, int] = {}
        for count, action in enumerate(actions):
            if action.startswith("push"):
                ref = f"refs/heads/{action.split()[1]}"
                (run,) = push(forge, f"c{count}", ref=ref)
                newest[ref] = run.number
            elif action == "begin":
                stack = held.enter_context(ExitStack())
                claimed = stack.enter_context(queue.claimed(forge, paths, 1.0))
                if claimed is not None:
                    begun.setdefault(claimed.ref, []).append(claimed.number)
                    working[claimed.number] = stack
            elif working:
                number, stack = working.popitem()
                row = forge.run(number)
                assert row is not None
                if action == "end":
                    done = replace(row, status=RunStatus.PASSED)
                    assert forge.change_run(done, RunStatus.RUNNING)
                stack.close()
                queue.mend(forge, paths, 2.0)
        for order in begun.values():
            assert order == sorted(order)
        held.close()
        while queue.mend(forge, paths, 2.0) or queue.ready(forge):
            with queue.claimed(forge, paths, 3.0) as claimed:
                if claimed is not None:
                    done = replace(claimed, status=RunStatus.PASSED)
                    forge.change_run(done, RunStatus.RUNNING)
        assert not forge.runs(statuses=OPEN)
        for number in newest.values():
            row = forge.run(number)
            assert row is not None
            assert row.status is RunStatus.PASSED or row.attempt == queue.ATTEMPTS
        forge.close()
