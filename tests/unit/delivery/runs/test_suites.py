"""Which tests a folder has, where no workflow says it."""

from __future__ import annotations

from pathlib import Path

import pytest

from rackhouse.delivery.runs.suites import suites

CASES = {
    "nothing": ({"index.html": ""}, []),
    "pytest by its functions": (
        {"test_app.py": "def test_it(): pass\n"},
        [("python", "-m", "pytest")],
    ),
    "pytest by its configuration": (
        {"tests/test_app.py": "import unittest\n", "tests/conftest.py": ""},
        [("python", "-m", "pytest")],
    ),
    "unittest": (
        {"tests/test_app.py": "import unittest\nclass T(unittest.TestCase): pass\n"},
        [("python", "-m", "unittest", "tests.test_app")],
    ),
    "npm": (
        {"package.json": '{"scripts": {"test": "node --test"}}'},
        [("npm", "test", "--silent")],
    ),
    "npm's placeholder is no test": (
        {"package.json": '{"scripts": {"test": "echo \\"Error: no test specified\\" && exit 1"}}'},
        [],
    ),
    "a package file that cannot be read": ({"package.json": "{"}, []),
    "both": (
        {
            "package.json": '{"scripts": {"test": "vitest"}}',
            "app_test.py": "def test_it(): pass\n",
        },
        [("python", "-m", "pytest"), ("npm", "test", "--silent")],
    ),
}


def written(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


@pytest.mark.parametrize("case", CASES)
def test_what_is_run(case: str, tmp_path: Path) -> None:
    files, commands = CASES[case]
    found = suites(written(tmp_path, files))
    assert [suite.command[: len(c)] for suite, c in zip(found, commands, strict=True)] == commands


@pytest.mark.parametrize(
    ("files", "install", "manifests"),
    [
        ({}, ("pytest",), ()),
        ({"requirements.txt": ""}, ("-r", "requirements.txt", "pytest"), ("requirements.txt",)),
        (
            {"requirements.lock": "", "requirements.txt": "", "requirements-dev.txt": ""},
            ("-r", "requirements.lock", "-r", "requirements-dev.txt", "pytest"),
            ("requirements-dev.txt", "requirements.lock"),
        ),
        (
            {
                "pyproject.toml": "[project]\nname='x'\ndependencies=['a']\n"
                "[project.optional-dependencies]\ntest=['b']\ndocs=['c']\n"
                "[dependency-groups]\ndev=['d']\n"
            },
            ("-r", "pyproject.toml", "--extra", "test", "--group", "dev", "pytest"),
            ("pyproject.toml",),
        ),
        ({"pyproject.toml": "[tool.ruff]\n"}, ("pytest",), ("pyproject.toml",)),
        ({"pyproject.toml": "[["}, ("pytest",), ("pyproject.toml",)),
    ],
)
def test_what_it_needs(
    files: dict[str, str], install: tuple[str, ...], manifests: tuple[str, ...], tmp_path: Path
) -> None:
    (suite,) = suites(written(tmp_path, {"test_app.py": "def test_it(): pass\n", **files}))
    assert suite.install == install
    assert tuple(sorted(suite.manifests)) == manifests
