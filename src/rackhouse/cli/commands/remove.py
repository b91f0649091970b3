"""`rackhouse remove`."""

from __future__ import annotations

import asyncio

import click

from rackhouse.cli.context import Context

EPILOG = """
\b
Examples:
  rackhouse remove guestbook              its data stays, for when it comes back
  rackhouse remove guestbook --purge      its data goes too; asks first
"""


@click.command(epilog=EPILOG)
@click.argument("application")
@click.option("--purge", is_flag=True, help="Delete its databases, buckets, keys and volumes too.")
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def command(context: Context, application: str, purge: bool, yes: bool) -> None:
    """Take APPLICATION down. Its data is kept unless --purge is given."""
    from datetime import UTC, datetime

    from rackhouse.cli.board import Board
    from rackhouse.delivery.remove import remove

    if purge and not yes:
        click.confirm(f"Delete {application} and all of its data for ever?", abort=True)
    with context.open() as house, Board() as board:
        done = asyncio.run(
            remove(house, application, purge=purge, observer=board, now=datetime.now(UTC))
        )
    click.echo(str(done))
