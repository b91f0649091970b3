"""A service that comes with Rackhouse, as a folder that is deployed like anybody's.

It is found as a file and never imported: its own package, `kit`, and its score.yaml and lock at the
top. The folder is named by what it holds, so equal bytes are the same release on every machine.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from rackhouse.app.sources import SCORE
from rackhouse.kit.files import host_error, make_folder
from rackhouse.kit.paths import Paths
from rackhouse.rack.words import SERVICES

LOCK = "requirements.lock"

_PACKAGE = Path(__file__).parents[1]
_TOP = (SCORE, LOCK)
_WALL = ".rackhouseignore"  # so that no .gitignore around the state folder has a say


def folder_of(paths: Paths, service: str) -> Path:
    """The folder of a service, made where it is not there yet. HostError.

    `service` is one of `rack.words.SERVICES`.
    """
    assert service in SERVICES
    try:
        return _made(paths.caches / "services", service, dict(_files(service)))
    except OSError as error:
        raise host_error(error, paths.caches) from error


def _files(service: str) -> Iterator[tuple[str, bytes]]:
    """Every file by its path in the folder."""
    own = _PACKAGE / "services" / service
    for name in _TOP:
        yield name, (own / name).read_bytes()
    yield _WALL, b""
    yield from _modules(_PACKAGE, "*.py")
    yield from _modules(_PACKAGE / "kit", "**/*.py")
    yield from _modules(_PACKAGE / "kit" / "look" / "static", "*")
    yield from _modules(_PACKAGE / "kit" / "look" / "templates", "*")
    yield from _modules(own.parent, "*.py")
    for path in sorted(own.rglob("*")):
        inside = path.relative_to(own)
        if path.is_file() and "__pycache__" not in inside.parts and str(inside) not in _TOP:
            yield _placed(path), path.read_bytes()


def _modules(folder: Path, pattern: str) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.glob(pattern)):
        yield _placed(path), path.read_bytes()


def _placed(path: Path) -> str:
    return path.relative_to(_PACKAGE.parent).as_posix()


def _made(shelf: Path, service: str, files: Mapping[str, bytes]) -> Path:
    """Whole or not there: it is written beside, then renamed. Older ones of the service go."""
    whole = hashlib.sha256()
    for name, content in sorted(files.items()):
        whole.update(f"{name}\0{hashlib.sha256(content).hexdigest()}\0".encode())
    folder = shelf / f"{service}-{whole.hexdigest()[:16]}"
    if folder.is_dir():
        return folder
    make_folder(shelf)
    draft = Path(tempfile.mkdtemp(prefix=".", dir=shelf))
    try:
        for name, content in files.items():
            (draft / name).parent.mkdir(parents=True, exist_ok=True)
            (draft / name).write_bytes(content)
        _settle(draft, folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    for other in shelf.glob(f"{service}-*"):
        if other != folder:
            shutil.rmtree(other, ignore_errors=True)
    return folder


def _settle(draft: Path, folder: Path) -> None:
    try:
        draft.rename(folder)
    except OSError:
        if not folder.is_dir():  # another command was first, with the same bytes
            raise
