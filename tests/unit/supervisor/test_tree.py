"""Everyone who belongs to a unit is found, however they hide; nobody else is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from rackhouse.supervisor import table
from rackhouse.supervisor.tree import MARK, Tree, mark, marked

from .conftest import Start, gone, until


def environment(root: Path, name: str = "a") -> dict[str, str]:
    return {"PATH": os.environ["PATH"], MARK: mark(root, name)}


def pid_in(path: Path) -> int:
    try:
        return int(path.read_text())
    except (FileNotFoundError, ValueError):
        return 0


def begun(root: Path, main: int) -> Tree:
    entry = table.look(main)
    tree = Tree(mark(root, "a"))
    tree.begin(main, entry.born if entry else 0)
    return tree


@pytest.mark.parametrize(
    "hide",
    [
        "sleep 1000 & echo $! > pid; wait",  # a child
        "sleep 1000 & echo $! > pid; exit",  # an orphan in our session
        "env -i sleep 1000 & echo $! > pid; exit",  # that sheds its mark as well
        "setsid sh -c 'echo $$ > pid; exec sleep 1000' & exit",  # a daemon
        "setsid env -i sh -c 'echo $$ > pid; exec sleep 1000' & wait",  # one that has a parent
    ],
)
async def test_all_are_found_and_killed(tmp_path: Path, start: Start, hide: str) -> None:
    main = start("sh", "-c", hide, cwd=tmp_path, env=environment(tmp_path))
    tree = begun(tmp_path, main.pid)
    await until(lambda: pid_in(tmp_path / "pid"))
    hidden = pid_in(tmp_path / "pid")
    if hide.endswith("exit"):
        main.wait()
    assert await tree.kill() == []
    assert gone(hidden)
    main.wait()


async def test_who_was_seen_to_belong_belongs_for_ever(tmp_path: Path, start: Start) -> None:
    script = "setsid env -i sh -c 'echo $$ > pid; exec sleep 1000' & sleep 1000"
    main = start("sh", "-c", script, cwd=tmp_path, env=environment(tmp_path))
    tree = begun(tmp_path, main.pid)
    await until(lambda: pid_in(tmp_path / "pid"))
    hidden = pid_in(tmp_path / "pid")
    assert hidden in {entry.pid for entry in tree.members(table.scan())}
    main.kill()
    main.wait()
    assert await tree.kill() == []
    assert gone(hidden)


async def test_nobody_else_is_killed(tmp_path: Path, start: Start) -> None:
    main = start("sleep", "1000", env=environment(tmp_path, "a"))
    neighbours = [
        start("sleep", "1000", env=environment(tmp_path, "ab")),
        start("sleep", "1000", env={**environment(tmp_path), MARK: mark(Path("/other"), "a")}),
        start("sleep", "1000"),
    ]
    tree = begun(tmp_path, main.pid)
    await until(lambda: marked(tmp_path, table.scan()) == {"a", "ab"})
    assert await tree.kill() == []
    assert gone(main.pid)
    assert all(process.poll() is None for process in neighbours)


async def test_a_family_that_multiplies_while_it_is_killed(tmp_path: Path, start: Start) -> None:
    script = "n=0; while [ $n -lt 200 ]; do n=$((n+1)); (setsid sleep 1000 &) ; done"
    main = start("sh", "-c", script, env=environment(tmp_path))
    tree = begun(tmp_path, main.pid)
    assert await tree.kill() == []
    assert marked(tmp_path, table.scan()) == set()


async def test_we_do_not_kill_ourselves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    me = table.look(os.getpid())
    assert me is not None
    word = f"{MARK}={mark(tmp_path, 'a')}".encode()
    monkeypatch.setattr(table, "environment", lambda pid: (word,) if pid == me.pid else ())
    assert marked(tmp_path, {me.pid: me}) == set()
    assert await Tree(mark(tmp_path, "a")).kill() == []


async def test_a_stranger_that_got_the_pid_of_the_main_one_is_left_alone(
    tmp_path: Path, start: Start
) -> None:
    stranger = start("sh", "-c", "sleep 1000 & wait")
    entry = table.look(stranger.pid)
    assert entry is not None
    tree = Tree(mark(tmp_path, "a"))
    tree.begin(stranger.pid, entry.born - 1)
    assert tree.members(table.scan()) == []
    tree.begin(stranger.pid, entry.born - 1)
    assert await tree.kill() == []
    assert stranger.poll() is None
