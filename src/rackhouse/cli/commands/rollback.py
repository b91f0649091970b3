"""`rackhouse rollback`."""

from __future__ import annotations

import asyncio

import click

from rackhouse.cli.context import Context

EPILOG = """
\b
Examples:
  rackhouse rollback guestbook         to the one before
  rackhouse rollback guestbook r3
"""


@click.command(epilog=EPILOG)
@click.argument("application")
@click.argument("release", required=False)
@click.pass_obj
def command(context: Context, application: str, release: str | None) -> None:
    """Go back to an earlier release of APPLICATION: the last that served, or RELEASE."""
    from datetime import UTC, datetime

    from rackhouse.cli.board import Board
    from rackhouse.cli.releasing import back_on_cluster
    from rackhouse.delivery.releases import live_folder
    from rackhouse.delivery.rollback import rollback
    from rackhouse.operations.up import require_up

    number = parse_release(release)
    with context.open() as house, Board() as board:
        live_folder(house, application)  # Missing when there is none
        if there := back_on_cluster(house, application, number):
            click.echo(there)
            return
        require_up(house.paths)
        done = asyncio.run(
            rollback(house, application, number, observer=board, now=datetime.now(UTC))
        )
    click.echo(str(done))


def parse_release(text: str | None) -> int | None:
    """`r3` or `3`."""
    if text is None:
        return None
    if not text.removeprefix("r").isdigit():
        raise click.BadParameter(f"{text!r} is not a release such as r3")
    return int(text.removeprefix("r"))
