"""Renaming a repository: its rows, its workflows' secrets, its folder. Starts no git.

A note beside the repositories says what is under way. Killed before the rows have changed, nothing
has; killed after that, `mend` does the rest: at the next start of the forge, when git asks for it,
and before any repository is made, removed or renamed.
"""

from __future__ import annotations

import shutil

from rackhouse.delivery.repositories.names import OF_THE_RACK, cache_of, folder_of
from rackhouse.delivery.runs.secrets import move
from rackhouse.kit.errors import Refused
from rackhouse.kit.files import host_error, read_text, write_atomic
from rackhouse.kit.paths import Paths
from rackhouse.store.forge import AuditRow, Forge
from rackhouse.store.lock import hold

_NOTE = ".renaming"
_LOCK = ".renaming.lock"


def rename(forge: Forge, paths: Paths, name: str, to: str, *, by: str, now: float) -> None:
    """Give the repository another name, with its runs, previews and secrets, and the tokens for
    exactly that name. Its application keeps the old one. The caller knows that it is there.

    UsageError for a bad name; Refused while a run of it is open or where that name is taken; Locked
    while another is renamed.
    """
    folder = folder_of(paths, to)
    if OF_THE_RACK in {name, to}:
        raise Refused(f"{OF_THE_RACK} is the rack itself", fix="make another, and push to that")
    with hold(paths.repositories / _LOCK, f"rename {name}", now):
        _finish(forge, paths)
        if folder.exists() or forge.repository(to) is not None:
            raise Refused(f"there is a repository {to} already", fix="name another")
        write_atomic(paths.repositories / _NOTE, f"{name} {to}\n")
        renamed = forge.rename_repository(name, to)
        _finish(forge, paths)
    if not renamed:
        raise Refused(
            f"a run of {name} is open", fix="wait for it, or cancel it: `rackhouse runs list`"
        )
    detail = f"was {name}"
    forge.note(AuditRow(at=now, who=by, what="renamed", thing=f"repository/{to}", detail=detail))


def mend(forge: Forge, paths: Paths) -> None:
    """Finish what was cut. Locked while one is renamed just now."""
    if (paths.repositories / _NOTE).exists():
        with hold(paths.repositories / _LOCK, "rename", 0.0):
            _finish(forge, paths)


def _finish(forge: Forge, paths: Paths) -> None:
    """Do what the note says, if its rows have changed, and take it away."""
    note = paths.repositories / _NOTE
    words = (read_text(note) or "").split()
    if not words:
        return
    name, to = words
    if forge.repository(name) is None and forge.repository(to) is not None:
        _move_secrets(paths, name, to)
        shutil.rmtree(cache_of(paths, name), ignore_errors=True)
        old, new = folder_of(paths, name), folder_of(paths, to)
        try:
            if old.exists() and not new.exists():
                old.rename(new)
        except OSError as error:
            raise host_error(error, old) from error
    note.unlink(missing_ok=True)


def _move_secrets(paths: Paths, name: str, to: str) -> None:
    from rackhouse.store.sqlite import SqliteStore  # late: the forge needs it for this alone

    store = SqliteStore(paths.store)
    try:
        move(store, name, to)
    finally:
        store.close()
