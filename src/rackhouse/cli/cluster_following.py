"""`rackhouse cluster follow`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import click

from rackhouse.cli.context import Context


@click.command("follow")
@click.option("--once", is_flag=True, help="Look once.")
@click.option("--agree", is_flag=True, help="Apply what was merged, whatever was shown. Once.")
@click.pass_obj
def follow_repository(context: Context, *, once: bool, agree: bool) -> None:
    """Follow the rack's repository on its cluster's Gitea.

    A pull request is answered with its plan; what is merged is applied. While the rack is up, that
    goes on by itself.
    """
    from rackhouse.delivery.following import Follower
    from rackhouse.forge.follower import EVERY, desk
    from rackhouse.kit.paths import Paths

    at = desk(Paths(context.root), context.file)
    follower = Follower(desk=at, say=click.echo, agree=agree)
    asyncio.run(_follow(follower.look, 0 if once or agree else EVERY))


async def _follow(look: Callable[[], Awaitable[None]], pause: float) -> None:
    """Again after so many seconds; 0: once."""
    from rackhouse.kit.errors import Locked, Unavailable

    while True:
        try:
            await look()
        except (Locked, Unavailable) as error:
            if not pause:
                raise
            click.echo(error.what, err=True)
        if not pause:
            return
        await asyncio.sleep(pause)
