"""`rackhouse up`."""

from __future__ import annotations

import asyncio

import click

from rackhouse.cli.context import Context

EPILOG = """
\b
Examples:
  rackhouse up --detach          return when everything is ready
  rackhouse up                   stay, with a live board; Ctrl-C stops the rack
  rackhouse -f rack.yaml up -d
"""


@click.command(epilog=EPILOG)
@click.option("-d", "--detach", is_flag=True, help="Return when everything is ready.")
@click.option("--timeout", default=300.0, show_default=True, help="Seconds to wait for that.")
@click.pass_obj
def command(context: Context, detach: bool, timeout: float) -> None:
    """Bring the rack up: parts, ingress, console, and the applications of the rack file."""
    from rackhouse.cli.board import Board, stay
    from rackhouse.cli.screen import stdout
    from rackhouse.cli.show import rack
    from rackhouse.cli.sign_in import sign_in_link
    from rackhouse.delivery.sync import judge, sync
    from rackhouse.operations.up import bring_up, local_now, wait_until_ready
    from rackhouse.supervisor.client import stop

    async def up() -> None:
        with Board() as board:
            await bring_up(house, board)
            arrived = await sync(house, observer=board, now=local_now())
        arrived.raise_for_failure()

    with context.open() as house:
        judge(house)
        asyncio.run(up())
    with context.open() as house:  # anew: there may be other applications now
        seen = asyncio.run(wait_until_ready(house, timeout))
        stdout().print(rack(seen))
        click.echo()
        click.echo(f"console  {sign_in_link(house)}")
        click.echo(f"or       {sign_in_link(house, plain=True)}")
        if detach:
            return
        stay(house)
        click.echo("stopping")
        stop(house.paths)
