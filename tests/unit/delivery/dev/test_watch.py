"""What has changed in a folder, and what is no change."""

from __future__ import annotations

from pathlib import Path

import pytest

from rackhouse.delivery.dev.watch import Watch


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "one.html").write_text("one")
    (tmp_path / "main.py").write_text("print(1)\n")
    (tmp_path / ".gitignore").write_text("*.db\n")
    return tmp_path


def soon(watch: Watch) -> tuple[str, ...]:
    """What is seen within the looks after which everything is listed anew."""
    return tuple(path for _ in range(12) for path in watch.changes())


def test_contents_new_files_and_deleted_ones(folder: Path) -> None:
    watch = Watch(folder)
    assert watch.changes() == ()
    (folder / "main.py").write_text("print(22)\n")
    assert watch.changes() == ("main.py",)
    assert watch.changes() == ()
    (folder / "pages" / "two.html").write_text("two")
    (folder / "pages" / "one.html").unlink()
    assert watch.changes() == ("pages/one.html", "pages/two.html")


def test_a_file_that_took_the_place_of_another(folder: Path) -> None:
    watch = Watch(folder)
    new = folder / "main.py.tmp"
    new.write_text("print(3)\n")
    new.replace(folder / "main.py")
    assert watch.changes() == ("main.py",)


def test_a_file_in_a_folder_that_was_empty(folder: Path) -> None:
    (folder / "styles").mkdir()
    watch = Watch(folder)
    (folder / "styles" / "new.css").write_text("a {}")
    assert soon(watch) == ("styles/new.css",)


@pytest.mark.parametrize("name", ["data.db", ".main.py.swp", "main.py~", "__pycache__/main.pyc"])
def test_what_does_not_belong_to_it_is_no_change(folder: Path, name: str) -> None:
    watch = Watch(folder)
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text("x")
    assert soon(watch) == ()


def test_what_cannot_be_listed_does_not_end_it(folder: Path) -> None:
    watch = Watch(folder)
    (folder / "out").symlink_to("/etc")
    assert soon(watch) == ()
    (folder / "main.py").write_text("print(4444)\n")
    assert watch.changes() == ("main.py",)
