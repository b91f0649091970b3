"""What the commands of repositories say that is more than a line."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from typing import TYPE_CHECKING

from rackhouse.cli.rows import as_text

if TYPE_CHECKING:
    from rackhouse.apply.open import OpenRack
    from rackhouse.store.forge import Forge


def created(house: OpenRack, forge: Forge, name: str, now: float, **fields: str) -> Iterator[str]:
    """Make it, and say how to push to it."""
    from rackhouse.delivery.repositories import create
    from rackhouse.operations.git import git_origin

    origin = git_origin(house)
    create(forge, house.paths, name, by=getpass.getuser(), now=now, **fields)
    yield f"git remote add rack {origin}/{name}.git"
    yield f"git push rack {fields['default_branch']}"


def removed(house: OpenRack, forge: Forge, name: str, now: float) -> None:
    """Remove it, and the secrets of its workflows."""
    from rackhouse.delivery.repositories import remove
    from rackhouse.delivery.runs.secrets import move

    remove(forge, house.paths, name, by=getpass.getuser(), now=now)
    move(house.store, name, "")


def repository_lines(house: OpenRack, forge: Forge, *, as_json: bool) -> Iterator[str]:
    """Each repository with its size."""
    from rackhouse.delivery.repositories import folder_of, summary
    from rackhouse.delivery.repositories.size import quota_of, size_of

    rows, paths = forge.repositories(), house.paths
    if not as_json:
        yield from (f"{row.name:<24} {summary(paths, row)}" for row in rows)
        return
    sizes = [{"size": size_of(folder_of(paths, r.name)), "quota": quota_of(r)} for r in rows]
    yield as_text(rows, more=sizes)


def renamed(house: OpenRack, forge: Forge, name: str, to: str, now: float) -> Iterator[str]:
    """Rename it, and say what is to be done now."""
    from rackhouse.delivery.repositories import known, rename
    from rackhouse.operations.git import git_origin

    known(forge, name)
    origin = git_origin(house)
    rename(forge, house.paths, name, to, by=getpass.getuser(), now=now)
    yield f"git remote set-url rack {origin}/{to}.git"
    application = house.store.application(name)
    if application is not None and not application.removed:
        yield (
            f"{name} serves on, and what is pushed now goes live as {to}. To release {name} "
            f"from it, write `{name}: {{repository: {to}}}` into the rack file"
        )
