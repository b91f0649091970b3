"""Files inside the state folder, 0600: configuration that apply filled with values."""

from __future__ import annotations

import stat
from collections.abc import Mapping, Sequence
from pathlib import Path

from rackhouse.kit.errors import NotOurs
from rackhouse.kit.files import host_error, make_folder, write_atomic
from rackhouse.resources.core import Id, Resource, Values
from rackhouse.resources.machine import File
from rackhouse.resources.seen import Seen, Stamp
from rackhouse.targets.machine.ground import Ground
from rackhouse.targets.protocol import Say


class Files:
    """`machine/file/<name>`. Its version covers its content, so what refers to it is renewed
    when the content changes, though the path stays.
    """

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def look(self, stamps: Mapping[Id, Stamp]) -> Sequence[Seen]:
        """Whether each is there, with a fingerprint of its mode and content."""
        return [self._seen(id, stamp) for id, stamp in stamps.items()]

    def ensure(self, resource: Resource[File], stamp: Stamp, values: Values) -> Seen:
        """Write it, unless it is so already. NotOurs when a stranger's stands there."""
        id, path = resource.id, self._ground.inside(resource.spec.path)
        kept = self._path(id)
        if kept != path and (path.exists() or path.is_symlink()):
            raise NotOurs(
                "a file is there already, and this rack did not write it",
                where=str(path),
                fix="move it away, or remove it if it is of no use",
            )
        self._ground.begin(resource, stamp)
        if kept != path:
            if kept is not None:
                _delete(kept)
            self._ground.store.replace(id, {"path": self._ground.relative(path)})
        make_folder(path.parent)
        content = resource.spec.content.fill(values)
        if self._found(path) != self._ground.fingerprint("0600", content):
            write_atomic(path, content)
        return self._seen(id, self._ground.finish(id, stamp, self._found(path)))

    async def remove(self, seen: Seen, say: Say) -> None:  # noqa: ARG002 (there is nothing to say)
        """Delete it."""
        path = self._path(seen.id)
        if path is not None:
            _delete(self._ground.inside(str(path)))
        self._ground.drop(seen.id)

    def output(self, id: Id, name: str) -> str:
        """`path`. KeyError when it has none."""
        return str(self._ground.paths.root / self._ground.remembered(id)[name])

    def _path(self, id: Id) -> Path | None:
        kept = self._ground.remembered(id)
        return self._ground.paths.root / kept["path"] if kept else None

    def _seen(self, id: Id, stamp: Stamp) -> Seen:
        path = self._path(id)
        found = self._found(path) if path else ""
        why = "" if found else "the file is gone"
        version = f"{path} {found}"
        return Seen(id=id, stamp=stamp, found=found, version=version, ready=not why, why=why)

    def _found(self, path: Path) -> str:
        try:
            mode = stat.S_IMODE(path.stat().st_mode)
            return self._ground.fingerprint(f"{mode:04o}", path.read_text("utf-8"))
        except FileNotFoundError:
            return ""
        except UnicodeDecodeError:
            return "not text"
        except OSError as error:
            raise host_error(error, path) from error


def _delete(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise host_error(error, path) from error
