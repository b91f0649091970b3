"""Packages: dependencies that releases share, installed once per digest. Resolves nothing new:
what is installed is what the lock says. Which installer is used, `installers` knows.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from rackhouse.kit.errors import Missing, Refused
from rackhouse.kit.files import host_error, make_folder, write_atomic
from rackhouse.resources.core import Id, Resource
from rackhouse.resources.machine import Packages as Spec
from rackhouse.resources.seen import Seen, Stamp
from rackhouse.targets.machine import installers
from rackhouse.targets.machine.ground import Ground
from rackhouse.targets.protocol import Say

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,100}")
_COMPLETE = (
    ".complete"  # the digest, written when all is installed and before the folder has its name
)


class Packages:
    """`machine/packages/<runtime>-<digest>`, in `packages/<runtime>-<digest>`."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def look(self, stamps: Mapping[Id, Stamp]) -> Sequence[Seen]:
        """Whether each is wholly installed, and the interpreter it was made for still there."""
        return [self._seen(id, stamp) for id, stamp in stamps.items()]

    async def ensure(self, resource: Resource[Spec], stamp: Stamp, say: Say) -> Seen:
        """Install into a folder beside, then rename: no half of it ever has the name."""
        id, spec = resource.id, resource.spec
        path = self._path(id)
        snapshot = self._ground.inside(spec.snapshot)
        self._ground.begin(resource, stamp)
        if _why(path):
            if not snapshot.is_dir():
                raise Missing(
                    "the release whose dependencies are to be installed is gone",
                    where=str(snapshot),
                    fix="deploy the application again",
                )
            await self._install(spec, snapshot, path, say)
        return self._seen(id, self._ground.finish(id, stamp, _found(path)))

    async def remove(self, seen: Seen, say: Say) -> None:
        """Delete them: no release uses them any more."""
        path = self._path(seen.id)
        say(f"deleting {path}")
        await asyncio.to_thread(_delete, path)
        self._ground.drop(seen.id)

    def output(self, id: Id, name: str) -> str:
        """`path`, or `bin`: the folder to put first on PATH. KeyError when it has none such."""
        path = self._path(id)
        if name == "path" and path.is_dir():
            return str(path)
        if name == "bin" and (programs := installers.programs(path)):
            return str(programs)
        raise KeyError(name)

    async def _install(self, spec: Spec, snapshot: Path, path: Path, say: Say) -> None:
        draft = path.with_name(f".{path.name}.draft")
        await asyncio.to_thread(_delete, draft)
        make_folder(draft)
        log = self._ground.paths.logs / f"packages.{path.name}.log"
        work = installers.Work(
            snapshot=snapshot, manifest=spec.manifest, draft=draft, log=log, say=say
        )
        await installers.install(spec.runtime, work)
        write_atomic(draft / _COMPLETE, spec.digest)
        await asyncio.to_thread(_swap, draft, path)

    def _path(self, id: Id) -> Path:
        if not _NAME.fullmatch(id.name):
            raise Refused(f"{id.name!r} cannot name packages", fix="use small letters and digits")
        return self._ground.paths.packages / id.name

    def _seen(self, id: Id, stamp: Stamp) -> Seen:
        path = self._path(id)
        why, found = _why(path), _found(path)
        if why:  # half made, whatever the stamp says: packages are `once`, and else never made anew
            stamp = replace(stamp, found="")
        version = f"{path} {found}"
        return Seen(id=id, stamp=stamp, found=found, version=version, ready=not why, why=why)


def _why(path: Path) -> str:
    """Why it is of no use; empty when it is."""
    if not _found(path):
        return "not wholly installed"
    return "" if installers.programs(path) else "the interpreter that it was made for is gone"


def _found(path: Path) -> str:
    try:
        return (path / _COMPLETE).read_text("ascii")
    except OSError:
        return ""


def _swap(draft: Path, path: Path) -> None:
    """The old is renamed before it is deleted, so that the name is free for a moment only."""
    os.sync()  # the stamp will say that it is there: let it be so after a power cut too
    old = path.with_name(f".{path.name}.old")
    _delete(old)
    try:
        if path.exists():
            path.replace(old)
        draft.replace(path)
    except OSError as error:
        raise host_error(error, path) from error
    _delete(old)


def _delete(folder: Path) -> None:
    try:
        if folder.exists():
            shutil.rmtree(folder)
    except OSError as error:
        raise host_error(error, folder) from error
