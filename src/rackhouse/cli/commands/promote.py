"""`rackhouse promote`."""

from __future__ import annotations

import asyncio

import click

from rackhouse.cli.context import Context
from rackhouse.cli.forge import open_forge

EPILOG = """
\b
Examples:
  rackhouse promote try--guestbook              a preview, to what it is a preview of
  rackhouse promote staging --to guestbook

The target keeps its own variables, secrets, data and host names, and serves its old release until
the new one answers.
"""


@click.command(epilog=EPILOG)
@click.argument("application", metavar="FROM")
@click.option("--to", "target", metavar="APPLICATION", help="[default: what FROM is a preview of]")
@click.pass_obj
def command(context: Context, application: str, target: str | None) -> None:
    """Put what FROM serves live as another application: the same files, the same dependencies."""
    import getpass
    from datetime import UTC, datetime

    from rackhouse.cli.board import Board
    from rackhouse.delivery.promote import promote
    from rackhouse.operations.up import require_up

    with open_forge(context) as (house, forge), Board() as board:
        require_up(house.paths)
        done = asyncio.run(
            promote(
                house,
                forge,
                application,
                target,
                by=getpass.getuser(),
                observer=board,
                now=datetime.now(UTC),
            )
        )
    click.echo(str(done) if done.changed else f"{done.application} r{done.release} is that already")
