"""Sources: the snapshot of a release that `deploy` laid down, made ready to run. Copies nothing."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from rackhouse.kit.errors import Missing
from rackhouse.kit.files import host_error
from rackhouse.resources.core import Id, Resource, Values
from rackhouse.resources.machine import Source
from rackhouse.resources.seen import Seen, Stamp
from rackhouse.targets.machine.ground import Ground
from rackhouse.targets.machine.output import run_logged
from rackhouse.targets.protocol import Say


class Sources:
    """`machine/source/<app>@r8`, in `releases/<app>/r8`."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def look(self, stamps: Mapping[Id, Stamp]) -> Sequence[Seen]:
        """Whether each snapshot is there and built. Its files are not read again."""
        return [self._seen(id, stamp) for id, stamp in stamps.items()]

    async def ensure(
        self, resource: Resource[Source], stamp: Stamp, values: Values, say: Say
    ) -> Seen:
        """Link the packages, and run the build step unless it was run to its end before.

        A build that was cut off runs again over what it left. Missing when there is no snapshot.
        """
        id, spec = resource.id, resource.spec
        place = f"{spec.application}/r{spec.release}"
        path = self._ground.inside(f"releases/{place}")
        if not path.is_dir():
            raise Missing(
                f"the files of release r{spec.release} of {spec.application} are gone",
                where=str(path),
                fix="deploy the application again",
            )
        self._ground.begin(resource, stamp)
        packages = self._packages(spec.packages.fill(values))
        if packages is not None:
            _link_modules(path, packages)
        made = {"place": place, "digest": spec.digest, "build": json.dumps(spec.build)}
        if self._ground.remembered(id) != made:
            if spec.build:
                await self._build(spec, path, packages, say)
            self._ground.store.replace(id, made)
        return self._seen(id, self._ground.finish(id, stamp, self._found(id)))

    async def remove(self, seen: Seen, say: Say) -> None:
        """Delete the snapshot."""
        path = self._path(seen.id)
        if path is not None and path.exists():
            say(f"deleting {path}")
            try:
                await asyncio.to_thread(shutil.rmtree, path)
            except OSError as error:
                raise host_error(error, path) from error
            with suppress(OSError):
                path.parent.rmdir()  # unless other releases are in it
        self._ground.drop(seen.id)

    def output(self, id: Id, name: str) -> str:
        """`path`. KeyError when it has none."""
        path = self._path(id)
        if name != "path" or path is None:
            raise KeyError(name)
        return str(path)

    async def _build(self, spec: Source, path: Path, packages: Path | None, say: Say) -> None:
        env = {key: value for key, value in os.environ.items() if not key.startswith("RACKHOUSE_")}
        if packages is not None:
            programs = [str(packages / "bin"), str(packages / "node_modules" / ".bin")]
            env["PATH"] = os.pathsep.join([*programs, env.get("PATH", os.defpath)])
        what = f"building {spec.application} r{spec.release}"
        log = self._ground.paths.logs / f"{spec.application}.build@r{spec.release}.log"
        await run_logged(spec.build, what, env=env, folder=path, log=log, say=say)

    def _packages(self, text: str) -> Path | None:
        """The folder of the packages, though `text` may name their programs' folder."""
        if not text:
            return None
        packages = self._ground.paths.packages
        return packages / Path(text).relative_to(packages).parts[0]

    def _path(self, id: Id) -> Path | None:
        kept = self._ground.remembered(id)
        return self._ground.paths.releases / kept["place"] if kept else None

    def _found(self, id: Id) -> str:
        """A fingerprint of what was laid down and how it was built: its files are not read."""
        made, path = self._ground.remembered(id), self._path(id)
        if path is None or not path.is_dir():
            return ""
        return self._ground.fingerprint(made["digest"], made["build"])

    def _seen(self, id: Id, stamp: Stamp) -> Seen:
        found = self._found(id)
        why = "" if found else "its files are gone, or not built yet"
        version = f"{self._path(id)} {found}"
        return Seen(id=id, stamp=stamp, found=found, version=version, ready=not why, why=why)


def _link_modules(snapshot: Path, packages: Path) -> None:
    """Let Node find the packages. A link, since ES modules heed no NODE_PATH."""
    modules, link = packages / "node_modules", snapshot / "node_modules"
    if not modules.is_dir() or (link.exists() and not link.is_symlink()):
        return
    draft = snapshot / ".node_modules.draft"
    try:
        draft.unlink(missing_ok=True)
        draft.symlink_to(modules)
        draft.replace(link)
    except OSError as error:
        raise host_error(error, link) from error
