"""The folder of one's own texts: each folder and each zip in it is a translation."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from pathlib import Path

from rackhouse.kit.errors import HostError, RackhouseError
from rackhouse.services.scripture.store.files import about
from rackhouse.services.scripture.store.files.members import ENDINGS, Files
from rackhouse.services.scripture.store.files.reading import taken
from rackhouse.services.scripture.store.origin import Origin

_log = logging.getLogger(__name__)
_LONGEST_ABOUT = 100_000
# Counted up where the same files would be read otherwise, so that they are imported again.
_READ = 2


def origins(folder: Path | None) -> Iterator[Origin]:
    """Of all that can be served. What cannot is said in the log."""
    if folder is None:
        return
    try:
        there = sorted(folder.iterdir())
    except OSError as error:
        _log.warning("no text of your own is served: %s: %s", folder, error.strerror)
        return
    for path in there:
        if path.name.startswith("."):
            continue
        try:
            if path.is_dir() or path.suffix.lower() == ".zip":
                yield _origin(path)
            elif path.suffix.lower() in ENDINGS:
                raise HostError(
                    "is no translation of its own",
                    where=str(path),
                    fix="put it into a folder, with about.toml beside it",
                )
        except (RackhouseError, OSError) as error:
            _log.warning("a text is not served: %s", error)


def _origin(path: Path) -> Origin:
    told = _about(path)
    return Origin(
        about=told.about,
        stamp=f"{_READ} {told.numbering} {_stamp(path)}",
        take=lambda: taken(path, told.numbering),
    )


def _about(path: Path) -> about.Told:
    """Out of it, or of a file beside it: `bsb.toml` beside `bsb.zip`."""
    beside = path.with_name(f"{path.stem if path.is_file() else path.name}.toml")
    if beside.is_file():
        return about.read(beside.read_bytes()[:_LONGEST_ABOUT], str(beside))
    files = Files(path)
    try:
        name = files.called(about.NAME)
        if name is None:
            raise HostError(
                "does not say what it is called, and on what terms it may be passed on",
                where=str(path),
                fix=about.FIX,
            )
        return about.read(files.content(name, _LONGEST_ABOUT), f"{path}/{name}")
    finally:
        files.close()


def _stamp(path: Path) -> str:
    """Of all its bytes."""
    whole = hashlib.sha256()
    files = [path] if path.is_file() else sorted(it for it in path.rglob("*") if it.is_file())
    for file in files:
        with file.open("rb") as opened:
            digest = hashlib.file_digest(opened, "sha256").digest()
        whole.update(file.name.encode() + b"\0" + digest)
    return whole.hexdigest()
