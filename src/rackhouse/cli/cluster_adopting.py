"""`rackhouse cluster adopt`."""

from __future__ import annotations

import asyncio

import click

from rackhouse.cli.context import Context


@click.command("adopt")
@click.argument("things", nargs=-1, required=True)
@click.pass_obj
def adopt_things(context: Context, things: tuple[str, ...]) -> None:
    """Take over THINGS that somebody made by hand, by their names in a plan.

    They are marked as the rack's and are not changed; the next plan shows what they would become.
    """
    from rackhouse.operations.cluster.adopting import adopt

    with context.open() as house:
        asyncio.run(adopt(house, things, lambda line: click.echo(line, err=True)))
    for name in things:
        click.echo(f"{name} is this rack's")
    click.echo("see `rackhouse plan --only clusters --diff`", err=True)
