"""What commands about repositories and tokens share: the rack, and what its forge remembers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from rackhouse.cli.context import Context

if TYPE_CHECKING:
    from pathlib import Path

    from rackhouse.apply.open import OpenRack
    from rackhouse.store.forge import Forge

GIT_TOKEN = "git on this machine"


@contextmanager
def open_forge(context: Context) -> Iterator[tuple[OpenRack, Forge]]:
    """The rack and its forge's memory, closed when the command ends."""
    from rackhouse.store.sqlite_forge import SqliteForge

    with context.open() as house:
        forge = SqliteForge(house.paths.store)
        try:
            yield house, forge
        finally:
            forge.close()


def sign_git_in(house: OpenRack, forge: Forge, home: Path, now: float) -> None:
    """Give this user's git a token of its own, in place of the one that it had."""
    from rackhouse.delivery.access import OWNER, create_token, revoke
    from rackhouse.operations.git import remember
    from rackhouse.store.forge import Scope

    old = [row.id for row in forge.tokens(OWNER) if row.title == GIT_TOKEN]
    _, token = create_token(forge, title=GIT_TOKEN, scope=Scope.ADMIN, now=now)
    file = remember(home, house, OWNER, token)
    for number in old:
        revoke(forge, number, by=OWNER, now=now)
    click.echo(f"git pushes without a password now; the token is in {file}")
