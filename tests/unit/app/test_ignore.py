"""Patterns to leave files out: git is the judge."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rackhouse.app.ignore import ALWAYS, ignored, patterns

LINES = st.lists(
    st.one_of(
        st.sampled_from(["*", "**", "/", "!", "#x", "\\#x", "[ab]", "[!a]", "[a-", "a\\ ", " "]),
        st.text("ab*?/!#. [].\\", max_size=6),
        st.lists(st.sampled_from(["a", "b", "**", "*", "?", "a*", "[ab]"]), max_size=4).map(
            "/".join
        ),
    ),
    max_size=4,
)
PATHS = [
    "a",
    "b",
    "#x",
    "a b",
    "ab",
    "a/a",
    "a/b",
    "b/a",
    "a/b/a",
    "b/b/b/ab",
    "a.b",
    "ab/.a",
    "!a",
]


def _ignored(text: str, path: str) -> bool:
    rules = patterns(text)
    parents = [path[:at] for at, letter in enumerate(path) if letter == "/"]
    return any(ignored(rules, parent, folder=True) for parent in parents) or ignored(
        rules, path, folder=False
    )


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        ("*.pyc", "a/b.pyc", True),
        ("/build", "a/build", False),
        ("/build", "build", True),
        ("build/", "build", False),
        ("build/", "a/build/x", True),
        ("docs/*.txt", "docs/a.txt", True),
        ("docs/*.txt", "docs/a/a.txt", False),
        ("**/x", "a/b/x", True),
        ("a/**/x", "a/x", True),
        ("a/**", "a/b/c", True),
        ("*\n!keep.txt", "keep.txt", False),
        ("a/\n!a/keep", "a/keep", True),  # git: a file cannot come back where its folder is gone
        ("# comment\n\n  \n", "# comment", False),
        ("\\!x", "!x", True),
        ("trailing   ", "trailing", True),
    ],
)
def test_as_gitignore_says(text: str, path: str, expected: bool) -> None:
    assert _ignored(text, path) is expected


def test_a_file_of_patterns_holds_for_its_own_folder() -> None:
    rules = patterns("/x\n*.log", "sub")
    assert ignored(rules, "sub/x", folder=False)
    assert ignored(rules, "sub/deep/a.log", folder=False)
    assert not ignored(rules, "x", folder=False)
    assert not ignored(rules, "a.log", folder=False)


@pytest.mark.parametrize(
    "path", [".git/config", "a/node_modules/b/c.js", "__pycache__/x", "a.pyc", ".venv/bin/python"]
)
def test_what_is_always_left_out(path: str) -> None:
    assert _ignored(ALWAYS, path)


@pytest.mark.parametrize("path", ["git.py", ".github/x", "src/venv.py", "dist/x", ".env", "a.py"])
def test_what_stays(path: str) -> None:
    assert not _ignored(ALWAYS, path)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    assert shutil.which("git"), "git is on every machine that has this source"
    folder = tmp_path_factory.mktemp("repository")
    subprocess.run(["git", "init", "-q", folder], check=True)
    return folder


@given(LINES)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_git_says_the_same(repository: Path, lines: list[str]) -> None:
    text = "\n".join(lines)
    (repository / ".gitignore").write_text(text)
    done = subprocess.run(
        ["git", "-c", "core.excludesFile=", "check-ignore", "--no-index", "-z", "--stdin"],
        cwd=repository,
        input="\0".join(PATHS).encode(),
        capture_output=True,
        check=False,
    )
    by_git = set(done.stdout.decode().rstrip("\0").split("\0")) - {""}
    assert {path for path in PATHS if _ignored(text, path)} == by_git, text
