"""Folders inside the state folder, 0700: volumes of applications, data of parts."""

from __future__ import annotations

import asyncio
import shutil
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path

from rackhouse.kit.errors import NotOurs, Refused
from rackhouse.kit.files import host_error, make_folder
from rackhouse.resources.core import Id, Resource
from rackhouse.resources.machine import Folder
from rackhouse.resources.seen import Seen, Stamp
from rackhouse.targets.machine.ground import Ground
from rackhouse.targets.protocol import Say


class Folders:
    """`machine/folder/<name>`. What is in a folder is its owner's: never read, never compared."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def look(self, stamps: Mapping[Id, Stamp]) -> Sequence[Seen]:
        """Whether each is there, with its mode."""
        return [self._seen(id, stamp) for id, stamp in stamps.items()]

    def ensure(self, resource: Resource[Folder], stamp: Stamp) -> Seen:
        """Make it, or put its mode right. NotOurs when a stranger's stands there."""
        id, path = resource.id, self._ground.inside(resource.spec.path)
        kept = self._path(id)
        if kept != path:
            _refuse_to_move(id, kept, path)
            _refuse_a_stranger(path)
        self._ground.begin(resource, stamp)
        if kept != path:
            self._ground.store.replace(id, {"path": self._ground.relative(path)})
        make_folder(path)
        try:
            path.chmod(0o700)
        except OSError as error:
            raise host_error(error, path) from error
        return self._seen(id, self._ground.finish(id, stamp, _mode(path)))

    async def remove(self, seen: Seen, say: Say) -> None:
        """Delete it with all that it holds: the plan asks for this only when told to purge."""
        path = self._path(seen.id)
        if path is not None and path.exists():
            say(f"deleting {path}")
            self._ground.inside(str(path))
            try:
                await asyncio.to_thread(shutil.rmtree, path)
            except OSError as error:
                raise host_error(error, path) from error
        self._ground.drop(seen.id)

    def output(self, id: Id, name: str) -> str:
        """`path`. KeyError when it has none."""
        return str(self._ground.paths.root / self._ground.remembered(id)[name])

    def _path(self, id: Id) -> Path | None:
        kept = self._ground.remembered(id)
        return self._ground.paths.root / kept["path"] if kept else None

    def _seen(self, id: Id, stamp: Stamp) -> Seen:
        path = self._path(id)
        found = _mode(path) if path else ""
        why = "" if found else "the folder is gone"
        return Seen(
            id=id, stamp=stamp, found=found, version=str(path or ""), ready=not why, why=why
        )


def _mode(path: Path) -> str:
    return f"{stat.S_IMODE(path.stat().st_mode):04o}" if path.is_dir() else ""


def _refuse_to_move(id: Id, kept: Path | None, path: Path) -> None:
    if kept is not None and kept.exists():
        raise Refused(
            f"{id} is at {kept} and would be at {path}",
            fix=f"move it yourself while the rack is down: mv {kept} {path}",
        )


def _refuse_a_stranger(path: Path) -> None:
    if path.is_symlink() or (path.exists() and (not path.is_dir() or any(path.iterdir()))):
        raise NotOurs(
            "something is there already, and this rack did not make it",
            where=str(path),
            fix="move it away, or remove it if it is of no use",
        )
