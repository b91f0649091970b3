"""What a release stands on: the runtime, and the manifest that dependencies come from. Pure."""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from rackhouse.app.inference.deps import node_dependencies, pyproject
from rackhouse.app.inference.draft import Listing
from rackhouse.app.model import App, Container, Kind, Runtime
from rackhouse.kit.errors import FileError, Problem

LOCK = "requirements.lock"  # what a deploy makes in the snapshot where the source has no lock

_INTERPRETERS = {"python", "python3"}
_NODE = {"npm", "npx", "node", "yarn", "pnpm"}
_PYTHON = ("uv.lock", LOCK, "requirements.txt", "pyproject.toml")
_NODE_LOCKS = ("package-lock.json", "npm-shrinkwrap.json")
_INCLUDE = re.compile(r"^\s*(?:-r|-c|--requirement|--constraint)[ =]*(\S+)", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """`manifest` is the file that dependencies are installed from, "" for none. `lock_from`: that
    file is not there yet, and is compiled from this one, or from the application's `package` where
    it says so. `packages` is the digest that names what is installed.
    """

    runtime: Runtime
    manifest: str = ""
    lock_from: str = ""
    packages: str = ""


def ground(app: App, listing: Listing) -> Ground:
    """What the application stands on, given its files. FileError where nothing pins versions."""
    runtime = _runtime(app, listing)
    if runtime is Runtime.NODE and (manifest := _node_manifest(listing)):
        return Ground(
            runtime=runtime, manifest=manifest, packages=_digest(runtime, listing[manifest])
        )
    if runtime is not Runtime.PYTHON:
        return Ground(runtime=runtime)
    manifest, lock_from = _python_manifest(app, listing)
    said = app.package if lock_from == "package" else _whole(listing, lock_from or manifest)
    version = f"python {sys.version_info.major}.{sys.version_info.minor}"
    return Ground(
        runtime=runtime,
        manifest=manifest,
        lock_from=lock_from,
        packages=_digest(version, said) if manifest else "",
    )


def is_manifest(path: str) -> bool:
    """Whether `ground` looks into this file."""
    included = re.search(r"(requirement|constraint)[^/]*\.(txt|in)$", path) is not None
    return included or path in {*_PYTHON, *_NODE_LOCKS, "package.json"}


def _runtime(app: App, listing: Listing) -> Runtime:
    programs = {word for container in app.containers for word in _program(container)}
    python = bool(app.package) or any(name in listing for name in _PYTHON)
    node = "package.json" in listing and (not python or bool(programs & _NODE))
    docker = "Dockerfile" in listing or "Containerfile" in listing
    if any(container.image != "." for container in app.containers):
        return Runtime.IMAGE
    if app.kind is Kind.STATIC and not app.build:
        return Runtime.STATIC
    if node:
        return Runtime.NODE
    if python or programs & _INTERPRETERS:  # many machines have no `python` by that name
        return Runtime.PYTHON
    return Runtime.IMAGE if docker and not programs else Runtime.COMMAND


def _program(container: Container) -> Iterator[str]:
    """The name of what is started, inside a shell too."""
    words = [str(word) for word in (*container.command, *container.args)]
    if words[:1] and words[0].endswith("sh") and words[1:2] == ["-c"]:
        words = " ".join(words[2:]).removeprefix("exec ").split()
    yield from (word.rsplit("/", 1)[-1] for word in words[:1])


def _python_manifest(app: App, listing: Listing) -> tuple[str, str]:
    """The manifest, and what it is made from where it is not there."""
    if "uv.lock" in listing:
        return "uv.lock", ""
    for name in (LOCK, "requirements.txt"):
        if "--hash=" in listing.get(name, ""):
            return name, ""
    if LOCK in listing:
        fix = f"make it with `uv pip compile --generate-hashes requirements.txt -o {LOCK}`"
        raise _unlocked(LOCK, "it pins no hashes", fix)
    if app.package:
        return LOCK, "package"
    if re.search(r"^\s*[^#\s]", listing.get("requirements.txt", ""), re.MULTILINE):
        return LOCK, "requirements.txt"
    project = pyproject(listing).get("project")
    if isinstance(project, dict) and project.get("dependencies"):
        return LOCK, "pyproject.toml"
    return "", ""


def _node_manifest(listing: Listing) -> str:
    if lock := next((name for name in _NODE_LOCKS if name in listing), ""):
        return lock
    if node_dependencies(listing):
        what = "it has dependencies, and no package-lock.json pins them"
        fix = "run `npm install --package-lock-only`, and keep package-lock.json"
        raise _unlocked("package.json", what, fix)
    return ""


def _unlocked(file: str, what: str, fix: str) -> FileError:
    return FileError(file, [Problem(line=0, rule="unlocked", path="", what=what, fix=fix)])


def _whole(listing: Listing, name: str, seen: tuple[str, ...] = ()) -> str:
    """The text of a requirements file with those that it includes."""
    text = listing.get(name, "")
    inside = [path for path in _INCLUDE.findall(text) if path not in (*seen, name)]
    return text + "".join(_whole(listing, path, (*seen, name)) for path in inside)


def _digest(*said: str) -> str:
    return hashlib.sha256("\0".join(said).encode("utf-8", "surrogatepass")).hexdigest()[:16]
