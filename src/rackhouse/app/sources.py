"""A source folder as an application: its score.yaml, read or inferred, and what it runs on.

Reads the folder; never imports or runs what is in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rackhouse.app.infer import infer, is_marker
from rackhouse.app.model import App, Release, Runtime
from rackhouse.app.runtime import Ground, ground, is_manifest
from rackhouse.app.score import parse
from rackhouse.app.snapshot import digest, snapshot
from rackhouse.app.tree import entries
from rackhouse.kit.errors import FileError, Problem
from rackhouse.kit.files import host_error

__all__ = ["SCORE", "SourceFolder", "read_source", "release_of", "snapshot"]

SCORE = "score.yaml"

_MANIFEST_BYTES = 2**26  # a lock of npm may have some MiB
_MARKER_BYTES = 2**18
_SCORE_BYTES = 2**20 + 1  # one more than the parser takes, so that it can say so


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFolder:
    """A folder that can be deployed. `text` is its score.yaml, `inferred` that it had none."""

    folder: Path
    app: App
    text: str
    inferred: bool
    ground: Ground

    @property
    def runtime(self) -> Runtime:
        """What a release of it needs under it."""
        return self.ground.runtime


def read_source(folder: Path) -> SourceFolder:
    """The application in a folder. FileError with every problem of its file, or when nothing says
    how to start it; Missing, Refused and HostError as `tree.entries`.
    """
    paths = [entry.path for entry in entries(folder)]
    inferred = SCORE not in paths
    listing = {
        path: _text(folder, path) if is_manifest(path) or (inferred and is_marker(path)) else ""
        for path in paths
    }
    try:
        text = infer(listing, folder.resolve().name) if inferred else _score(folder)
        app = parse(text, SCORE, lambda path: _content(folder, path))
        found = ground(app, listing)
    except FileError as error:
        raise FileError(str(folder / error.where), error.problems) from error
    return SourceFolder(folder=folder, app=app, text=text, inferred=inferred, ground=found)


def release_of(source: SourceFolder, number: int, content: str = "") -> Release:
    """The release that deploying this makes. `content`: the digest that its snapshot answered."""
    return Release(
        number=number,
        digest=content or digest(source.folder),
        snapshot=f"releases/{source.app.name}/r{number}",
        runtime=source.ground.runtime,
        manifest=source.ground.manifest,
        packages=source.ground.packages,
        build=source.app.build,
    )


def _text(folder: Path, path: str) -> str:
    limit = _MANIFEST_BYTES if is_manifest(path) else _MARKER_BYTES
    return _read(folder / path, limit).decode("utf-8", "replace")


def _score(folder: Path) -> str:
    content = _read(folder / SCORE, _SCORE_BYTES)
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        what, fix = "this is not UTF-8", "save the file as UTF-8"
        problem = Problem(line=line, rule="yaml-character", path="", what=what, fix=fix)
        raise FileError(SCORE, [problem]) from error


def _content(folder: Path, path: str) -> str | None:
    """The text of a file that the application places; None where it is none, or is very large."""
    if not (folder / path).resolve().is_relative_to(folder.resolve()):
        raise OSError(0, "It lies outside the folder")
    content = (folder / path).read_bytes()
    try:
        return content.decode() if len(content) < _SCORE_BYTES else None
    except UnicodeDecodeError:
        return None


def _read(path: Path, limit: int) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(limit)
    except OSError as error:
        raise host_error(error, path) from error
