"""The agent in this process, on a folder in place of `/`, and deaths at any file operation."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import get_ident
from typing import Any

from rackhouse.resources.core import Id, Resource
from rackhouse.resources.seen import Stamp
from rackhouse.targets.host import asking
from rackhouse.targets.host.agent import disk, engine

RACK = "test"
ME, MY_GROUP = disk.name_of_user(os.geteuid()), disk.name_of_group(os.getegid())
_CHANGES = frozenset(
    ("open", "os.chmod", "os.chown", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.symlink")
)


class Killed(BaseException):
    """As sudden as SIGKILL. Who is dead does nothing more, not even clean up."""


class _Reaper:
    """Counts what is done to files; from the `left`th on, nothing is done any more."""

    left: int | None = None
    thread = 0  # other threads of the test's process live on
    hooked = False

    def __call__(self, event: str, _: object) -> None:
        if self.left is None or get_ident() != self.thread:
            return
        if event in _CHANGES:
            self.left -= 1
            if self.left < 0:
                raise Killed


_reaper = _Reaper()


@contextmanager
def dying(after: int) -> Iterator[None]:
    """Killed before the `after`th file operation of the body, if it comes to that."""
    if not _reaper.hooked:
        sys.addaudithook(_reaper)  # cannot be taken off again: it sleeps
        _reaper.hooked = True
    _reaper.left, _reaper.thread = after, get_ident()
    try:
        yield
    finally:
        _reaper.left = None


class Agent:
    """A machine that is a folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.said: list[str] = []
        disk.ROOT = str(root)
        for folder in ("etc", "var/lib", "proc/sys/net"):
            (root / folder).mkdir(parents=True)

    def ensure(self, kind: str, name: str, spec: Any) -> Mapping[str, Any]:
        resource = Resource(id=Id("host.a", kind, name), spec=spec)
        request = asking.ensure(resource, Stamp(rack=RACK, digest=resource.digest), {})
        return engine.ensure(request, self.said.append)  # type: ignore[no-any-return]

    def remove(self, kind: str, name: str, rack: str = RACK) -> None:
        key = asking.key_of(Id("host.a", kind, name))
        engine.remove({"key": key, "rack": rack}, self.said.append)

    def seen(self) -> list[Mapping[str, Any]]:
        return engine.observe({"keys": None}, self.said.append)  # type: ignore[no-any-return]

    def tree(self) -> Mapping[str, object]:
        """Everything that a person would look at: paths, modes, contents. Not our records."""
        found: dict[str, object] = {}
        for path in sorted(self.root.rglob("*")):
            name = str(path.relative_to(self.root))
            if not name.startswith("var/lib/rackhouse"):
                mode = stat.S_IMODE(path.lstat().st_mode)
                link = str(path.readlink()) if path.is_symlink() else None
                found[name] = (mode, link or (path.read_bytes() if path.is_file() else None))
        return found

    def records(self) -> list[str]:
        return [p.name for p in (self.root / "var/lib/rackhouse/stamps").rglob("*") if p.is_file()]
