"""Which tests a folder has, by what is in it: what runs where no workflow says it. Runs nothing."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from rackhouse.app.tree import entries
from rackhouse.kit.files import read_text

_PYTHON_TEST = re.compile(r"(?:^|/)(?:test_[^/]*|[^/]*_test|tests)\.py$")
_LOCKS = ("uv.lock", "requirements.lock", "requirements.txt")
_EXTRA = re.compile(r"(?:^|/)(?:(?:requirements|reqs)[-_./](?:dev|test|tests|testing)|"
                    r"(?:dev|test)[-_]requirements)\.(?:txt|in)$")  # fmt: skip
_GROUPS = ("dev", "test", "tests", "testing")
_NO_TEST = "no test specified"  # what `npm init` writes


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """One way to test. `command` is started in the folder; `install` are the arguments of `uv pip
    install` that make its environment, none where Python has all; `manifests` are the files that
    decide what is installed. `node`: its environment is what `npm ci` installs.
    """

    title: str
    command: tuple[str, ...]
    install: tuple[str, ...] = ()
    manifests: tuple[str, ...] = ()
    node: bool = False


def suites(folder: Path) -> list[Suite]:
    """The suites of a folder; none when it has no tests. Raises as `tree.entries`."""
    paths = [entry.path for entry in entries(folder)]
    return [*_python(folder, paths), *_node(folder, paths)]


def _python(folder: Path, paths: Sequence[str]) -> Iterator[Suite]:
    tests = [path for path in paths if _PYTHON_TEST.search(path)]
    if not tests:
        return
    project = _toml(folder / "pyproject.toml") if "pyproject.toml" in paths else {}
    if not _uses_pytest(folder, paths, tests):
        install, manifests = _install(paths, project)
        yield Suite(
            title="unittest",
            command=("python", "-m", "unittest", *_places(tests)),
            install=install,
            manifests=manifests,
        )
        return
    install, manifests = _install(paths, project)
    yield Suite(
        title="pytest",
        command=("python", "-m", "pytest", "-q", "-p", "no:cacheprovider"),
        install=(*install, "pytest"),
        manifests=manifests,
    )


def _uses_pytest(folder: Path, paths: Sequence[str], tests: Sequence[str]) -> bool:
    """Whether unittest alone would not find them: pytest finds unittest's tests too."""
    if any(PurePosixPath(path).name in {"conftest.py", "pytest.ini", "tox.ini"} for path in paths):
        return True
    texts = [read_text(folder / path) or "" for path in tests]
    return any(
        "pytest" in text or re.search(r"^(?:async )?def test", text, re.MULTILINE) for text in texts
    )


def _places(tests: Sequence[str]) -> tuple[str, ...]:
    """The test modules: discovery passes by folders that are no packages."""
    return tuple(test.removesuffix(".py").replace("/", ".") for test in sorted(tests))


def _install(
    paths: Sequence[str], project: Mapping[str, Any]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Arguments of `uv pip install`, and the files that they read."""
    lock = next((name for name in _LOCKS if name in paths), "")
    extra = sorted(path for path in paths if _EXTRA.search(path))
    words: list[str] = []
    manifests = list(extra)
    if lock == "uv.lock" or (not lock and "pyproject.toml" in paths):
        manifests += [name for name in ("pyproject.toml", "uv.lock") if name in paths]
        words += _of_project(project)
    elif lock:
        manifests.append(lock)
        words += ["-r", lock]
        words += _groups(project)
        manifests += ["pyproject.toml"] if "pyproject.toml" in paths else []
    for path in extra:
        words += ["-r", path]
    return tuple(words), tuple(manifests)


def _of_project(project: Mapping[str, Any]) -> list[str]:
    table = project.get("project")
    words = []
    if isinstance(table, dict) and (table.get("dependencies") or "optional-dependencies" in table):
        words += ["-r", "pyproject.toml"]
        known = table.get("optional-dependencies") or {}
        words += [word for name in _GROUPS if name in known for word in ("--extra", name)]
    return [*words, *_groups(project)]


def _groups(project: Mapping[str, Any]) -> list[str]:
    known = project.get("dependency-groups") or {}
    return [word for name in _GROUPS if name in known for word in ("--group", name)]


def _node(folder: Path, paths: Sequence[str]) -> Iterator[Suite]:
    if "package.json" not in paths:
        return
    try:
        package = json.loads(read_text(folder / "package.json") or "{}")
        script = package["scripts"]["test"]
    except (ValueError, KeyError, TypeError):
        return
    if isinstance(script, str) and script and _NO_TEST not in script:
        locks = [n for n in ("package-lock.json", "npm-shrinkwrap.json") if n in paths]
        yield Suite(
            title="npm test",
            command=("npm", "test", "--silent"),
            manifests=("package.json", *locks),
            node=True,
        )


def _toml(path: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(read_text(path) or "")
    except tomllib.TOMLDecodeError:
        return {}
