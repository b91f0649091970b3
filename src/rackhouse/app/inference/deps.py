"""The names of a project's dependencies, from the files that declare them. Pure."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from typing import Any

from rackhouse.app.inference.draft import Listing
from rackhouse.kit.errors import FileError, Problem

_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[([^\]]*)\])?")


def python_dependencies(listing: Listing) -> frozenset[str]:
    """Normalised names, and `name[extra]` for each extra: {"fastapi", "fastapi[standard]"}."""
    texts = [
        line.split("#")[0]
        for name in ("requirements.txt", "requirements.lock", "requirements.in")
        for line in listing.get(name, "").splitlines()
        if not line.lstrip().startswith("-")
    ]
    project = pyproject(listing)
    texts += _strings(_table(project, "project").get("dependencies"))
    texts += _table(project, "tool", "poetry", "dependencies")
    return frozenset(name for text in texts for name in _names(text))


def node_dependencies(listing: Listing) -> frozenset[str]:
    """The keys of `dependencies` in package.json."""
    return frozenset(_table(package_json(listing), "dependencies"))


def pyproject(listing: Listing) -> dict[str, Any]:
    """pyproject.toml as read; FileError when it is no TOML."""
    try:
        return tomllib.loads(listing.get("pyproject.toml", ""))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        line = re.search(r"line (\d+)", str(error))
        raise unreadable("pyproject.toml", int(line[1]) if line else 0, str(error)) from error


def package_json(listing: Listing) -> dict[str, Any]:
    """package.json as read; FileError when it is no JSON object."""
    try:
        found = json.loads(listing.get("package.json") or "{}")
    except json.JSONDecodeError as error:
        raise unreadable("package.json", error.lineno, error.msg) from error
    except (RecursionError, ValueError) as error:
        raise unreadable("package.json", 0, str(error)) from error
    if not isinstance(found, dict):
        raise unreadable("package.json", 1, "it is not an object")
    return found


def scripts(table: Mapping[str, Any], *path: str) -> dict[str, str]:
    """The entries of a table that are texts."""
    return {key: text for key, text in _table(table, *path).items() if isinstance(text, str)}


def unreadable(file: str, line: int, why: str, fix: str = "") -> FileError:
    """The error of a marker file that cannot be read."""
    fix = fix or f"mend {file}, or write a score.yaml beside it"
    return FileError(file, [Problem(line=line, rule="nothing-to-run", path="", what=why, fix=fix)])


def _table(found: Mapping[str, Any], *path: str) -> dict[str, Any]:
    for key in path:
        inside = found.get(key)
        found = inside if isinstance(inside, dict) else {}
    return dict(found)


def _strings(found: object) -> list[str]:
    return [text for text in found if isinstance(text, str)] if isinstance(found, list) else []


def _names(requirement: str) -> Iterable[str]:
    if match := _REQUIREMENT.match(requirement):
        name = re.sub(r"[-_.]+", "-", match[1]).lower()
        yield name
        for extra in (match[2] or "").split(","):
            if extra.strip():
                yield f"{name}[{extra.strip().lower()}]"
