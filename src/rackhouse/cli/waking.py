"""`rackhouse hosts wake`, which a whole group of commands has no room for."""

from __future__ import annotations

import asyncio

import click

from rackhouse.cli.context import Context


@click.command("wake")
@click.argument("node")
@click.pass_obj
def wake_host(context: Context, node: str) -> None:
    """Wake a machine that sleeps, by a packet to its network card; wait until it answers."""
    from rackhouse.operations.hosts.wake import wake

    with context.open(only_read=True) as house:
        woken = asyncio.run(wake(house, node, click.echo))
    click.echo(f"{node} is awake" if woken else f"{node} was awake already")
