"""Which cgroup a job's own is made in."""

from __future__ import annotations

from pathlib import Path

from rackhouse.delivery.runner.cgroup import nearest


def tree(root: Path, *folders: tuple[str, str]) -> Path:
    """A cgroup tree as the kernel shows it: folders, and what each hands down."""
    for name, handed in folders:
        folder = root / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "cgroup.subtree_control").write_text(handed)
        (folder / "cgroup.procs").write_text("")
    return root


def test_the_nearest_that_hands_down_what_is_needed(tmp_path: Path) -> None:
    names = ("", "cpu"), ("user", "memory pids cpu"), ("user/app", "")
    root = tree(tmp_path, *names)
    assert nearest(root, root / "user/app") == root / "user"


def test_none_above_the_mount_is_asked(tmp_path: Path) -> None:
    tree(tmp_path, ("", "memory pids"), ("mount", "cpu"), ("mount/app", ""))
    assert nearest(tmp_path / "mount", tmp_path / "mount/app") is None


def test_none_where_memory_is_not_handed_down(tmp_path: Path) -> None:
    root = tree(tmp_path, ("", "pids"), ("app", "pids"))
    assert nearest(root, root / "app") is None
