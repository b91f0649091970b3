"""Which files belong to a source folder, and its immutable copy."""

from __future__ import annotations

import os
import shutil
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rackhouse.app import tree
from rackhouse.app.snapshot import digest, snapshot
from rackhouse.app.tree import all_entries, entries
from rackhouse.kit.errors import HostError, Missing, Refused

NAMES = st.text("abcXYZ09 .-_é日", min_size=1, max_size=6).filter(
    lambda name: name.strip(".") and not name.endswith(".pyc")
)
FILES = st.dictionaries(
    st.lists(NAMES, min_size=1, max_size=3).map("/".join),
    st.tuples(st.binary(max_size=50), st.booleans()),
    max_size=8,
)


def _write(folder: Path, files: dict[str, str]) -> Path:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return folder


def _paths(folder: Path) -> list[str]:
    return [entry.path for entry in entries(folder)]


def _git(folder: Path, *words: str) -> None:
    subprocess.run(["git", "-C", folder, *words], check=True, capture_output=True)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    return _write(folder, {"main.py": "1", "web/app.css": "2", "node_modules/x/y.js": "3"})


def test_caches_and_packages_are_left_out(source: Path) -> None:
    _write(source, {"__pycache__/a.pyc": "", ".venv/bin/python": "", "web/node_modules/a": ""})
    assert _paths(source) == ["main.py", "web/app.css"]


def test_gitignore_holds_where_there_is_no_git(source: Path) -> None:
    _write(source, {".gitignore": "*.log\n/data", "a.log": "", "data/x": "", "web/data/y": ""})
    _write(source, {"web/.gitignore": "*.css"})
    assert _paths(source) == [".gitignore", "main.py", "web/.gitignore", "web/data/y"]


def test_git_answers_for_its_checkout(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _git(source, "init", "-q")
    _write(source, {".gitignore": "*.log", "a.log": "", "b.log": "", "gone": "", "new": ""})
    _write(source, {".git/info/exclude": "secret\n", "secret": ""})
    _git(source, "add", "main.py", "gone")
    _git(source, "add", "-f", "b.log")
    (source / "gone").unlink()
    monkeypatch.setenv("GIT_DIR", "/nonexistent")  # as in a hook
    assert _paths(source) == [".gitignore", "b.log", "main.py", "new", "web/app.css"]


def test_a_folder_inside_a_checkout(source: Path) -> None:
    _git(source, "init", "-q")
    assert _paths(source / "web") == ["app.css"]


def test_a_folder_that_git_ignores_as_a_whole_is_still_deployed(source: Path) -> None:
    _git(source, "init", "-q")
    _write(source, {".gitignore": "web/"})
    assert _paths(source / "web") == ["app.css"]


def test_a_repository_inside_the_repository(source: Path) -> None:
    _git(source, "init", "-q")
    _write(source, {"sub/a": "", "sub/node_modules/b": ""})
    _git(source / "sub", "init", "-q")
    assert _paths(source) == ["main.py", "sub/a", "web/app.css"]


def test_rackhouseignore_stands_instead_of_gitignore(source: Path) -> None:
    _git(source, "init", "-q")
    _write(source, {".gitignore": "dist", "dist/index.html": "", ".rackhouseignore": "*.css\n"})
    assert _paths(source) == [".gitignore", ".rackhouseignore", "dist/index.html", "main.py"]


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(Missing):
        entries(tmp_path / "none")


def test_links_inside_are_kept(source: Path, tmp_path: Path) -> None:
    (source / "style.css").symlink_to("web/app.css")
    (source / "web" / "up").symlink_to("../main.py")
    (source / "nowhere").symlink_to("missing")
    (source / "loop").symlink_to("loop")
    snapshot(source, tmp_path / "r1")
    assert (tmp_path / "r1/style.css").readlink() == Path("web/app.css")
    assert (tmp_path / "r1/style.css").read_text() == "2"
    assert (tmp_path / "r1/web/up").read_text() == "1"


@pytest.mark.parametrize(
    "link", ["/etc/passwd", "..", "../other", "web/../../x", "../shop/main.py"]
)
def test_links_that_leave_are_refused(source: Path, link: str) -> None:
    (source / "link").symlink_to(link)
    with pytest.raises(Refused, match="a release would not have"):
        entries(source)


def test_a_link_that_leaves_through_another_is_refused(source: Path) -> None:
    (source / "node_modules" / "out").symlink_to("/etc")
    (source / "link").symlink_to("node_modules/out/passwd")
    with pytest.raises(Refused, match="a release would not have"):
        entries(source)


def test_an_ignored_link_is_nobodys_business(source: Path) -> None:
    (source / "link").symlink_to("/etc/passwd")
    _write(source, {".rackhouseignore": "link"})
    assert _paths(source) == [".rackhouseignore", "main.py", "web/app.css"]


def test_a_pipe_and_a_socket_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").mkdir()
    os.mkfifo(tmp_path / "a" / "pipe")
    with pytest.raises(Refused, match="a socket, a pipe or a device"):
        entries(tmp_path / "a")
    (tmp_path / "b").mkdir()
    monkeypatch.chdir(tmp_path / "b")  # a socket's path may be long here
    with socket.socket(socket.AF_UNIX) as door:
        door.bind("door")
        with pytest.raises(Refused, match="a socket, a pipe or a device"):
            entries(tmp_path / "b")


def test_too_many_and_too_large_name_what_is(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tree, "MAX_FILES", 1)
    with pytest.raises(Refused, match="has 2 files, more than 1"):
        entries(source)
    monkeypatch.setattr(tree, "MAX_FILES", 9)
    monkeypatch.setattr(tree, "MAX_BYTES", 1)
    _write(source, {"big.bin": "x" * 5000})
    with pytest.raises(Refused, match=r"big\.bin alone is 5\.0 kB") as caught:
        entries(source)
    assert ".rackhouseignore" in caught.value.fix


def test_a_snapshot_is_private_and_keeps_who_may_execute(source: Path, tmp_path: Path) -> None:
    (source / "main.py").chmod(0o755)
    into = tmp_path / "releases" / "shop" / "r1"
    snapshot(source, into)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in into.rglob("*")}
    assert modes == {"main.py": 0o700, "web": 0o700, "app.css": 0o600}
    assert stat.S_IMODE(into.stat().st_mode) == 0o700


def test_a_snapshot_does_not_follow_the_source(source: Path, tmp_path: Path) -> None:
    before = snapshot(source, tmp_path / "r1")
    (source / "main.py").write_text("changed")
    assert (tmp_path / "r1/main.py").read_text() == "1"
    assert digest(source) != before


def test_an_equal_snapshot_is_left_and_another_refused(source: Path, tmp_path: Path) -> None:
    made = snapshot(source, tmp_path / "r1")
    inode = (tmp_path / "r1/main.py").stat().st_ino
    assert snapshot(source, tmp_path / "r1") == made
    assert (tmp_path / "r1/main.py").stat().st_ino == inode
    (source / "main.py").write_text("changed")
    with pytest.raises(Refused, match="is another release"):
        snapshot(source, tmp_path / "r1")
    assert not list(tmp_path.glob(".*"))


def test_what_a_killed_deploy_left_is_swept_away(source: Path, tmp_path: Path) -> None:
    _write(tmp_path / ".r1.partial", {"half/made": "x"})
    snapshot(source, tmp_path / "r1")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["r1", "shop"]
    assert not (tmp_path / "r1/half").exists()


@pytest.mark.parametrize("delay", [0.0, 0.01, 0.02, 0.05, 0.1])
def test_killed_at_any_time_it_is_whole_or_not_there(tmp_path: Path, delay: float) -> None:
    source = _write(tmp_path / "shop", {f"{i}/{i}.txt": str(i) for i in range(300)})
    into = tmp_path / "releases" / "r1"
    code = "import sys, pathlib as p; from rackhouse.app.snapshot import snapshot as s; print(1, "
    code += "flush=True); s(p.Path(sys.argv[1]), p.Path(sys.argv[2]))"
    argv = [sys.executable, "-c", code, str(source), str(into)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE) as copying:
        assert copying.stdout is not None
        copying.stdout.readline()
        time.sleep(delay)
        copying.kill()
    whole = digest(source)
    assert not into.exists() or digest(into) == whole
    assert snapshot(source, into) == digest(into) == whole
    assert not list(into.parent.glob(".*"))


def test_a_release_does_not_hold_the_state_folder(source: Path) -> None:
    with pytest.raises(Refused, match="lies inside"):
        snapshot(source, source / ".state" / "releases" / "shop" / "r1")


def test_a_place_that_cannot_be_written_says_so(source: Path, tmp_path: Path) -> None:
    (tmp_path / "releases").write_text("a file stands here")
    with pytest.raises(HostError):
        snapshot(source, tmp_path / "releases" / "r1")


@given(FILES)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_digest_is_of_names_contents_and_who_may_execute(
    tmp_path: Path, files: dict[str, tuple[bytes, bool]]
) -> None:
    """Equal for equal trees wherever and whenever they are made, other when anything changes."""
    parents = {path[:at] for path in files for at, letter in enumerate(path) if letter == "/"}
    files = {path: it for path, it in files.items() if path not in parents}
    one, other, copy = tmp_path / "one", tmp_path / "other", tmp_path / "copy"
    for folder, order, mode in ((one, list(files), 0o644), (other, list(files)[::-1], 0o600)):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for path in order:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(files[path][0])
            (folder / path).chmod(mode | (0o100 if files[path][1] else 0))
    shutil.rmtree(copy, ignore_errors=True)
    assert digest(one) == digest(other) == snapshot(one, copy) == digest(copy)
    assert {entry.path for entry in all_entries(copy)} == files.keys()
    for path, (content, executable) in files.items():
        (other / path).write_bytes(content + b"x")
        assert digest(other) != digest(one)
        (other / path).write_bytes(content)
        (other / path).chmod(0o600 if executable else 0o700)
        assert digest(other) != digest(one)
        (other / path).chmod(0o700 if executable else 0o600)
    assert digest(other) == digest(one)


def test_the_digest_is_the_same_on_every_machine(tmp_path: Path) -> None:
    _write(tmp_path, {"a": "1", "b/c": "2"})
    (tmp_path / "b/c").chmod(0o755)
    (tmp_path / "d").symlink_to("b/c")
    assert digest(tmp_path) == "8e9f0e6eb5852c94"
