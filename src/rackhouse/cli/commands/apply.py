"""`rackhouse apply`."""

from __future__ import annotations

import asyncio
import sys

import click

from rackhouse.cli.context import Context
from rackhouse.cli.parts import AWAY, PARTS, ids, opened

EPILOG = """
\b
Examples:
  rackhouse apply               shows the plan and asks
  rackhouse apply --yes         does not ask
  rackhouse apply --only hosts  the machines that joined, and nothing of this one
  rackhouse apply --only clusters   what is on the clusters that joined
  rackhouse apply --only twin   their twin, to see how it goes
  rackhouse apply --wake        wakes machines that sleep first
  rackhouse apply --purge docker.forge/volume/ollama   data that nothing wants any more
"""


@click.command(epilog=EPILOG)
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@click.option("--only", type=click.Choice(PARTS), help="Leave the rest of the rack as it is.")
@click.option("--wake", is_flag=True, help="Wake the machines that sleep and can be woken.")
@click.option("--purge", multiple=True, metavar="ID", help="Kept data that may leave now.")
@click.pass_obj
def command(
    context: Context, *, yes: bool, only: str | None, wake: bool, purge: tuple[str, ...]
) -> None:
    """Make the rack what the files say. Killed half way, run it again: it goes on."""
    from rackhouse.cli.board import Board
    from rackhouse.cli.hints import hints
    from rackhouse.cli.show import plan_lines
    from rackhouse.kit.errors import Refused
    from rackhouse.operations.hosts.wake import wake_all
    from rackhouse.plan.step import Plan
    from rackhouse.supervisor.client import start

    def confirm(plan: Plan) -> bool:
        for line, colour in plan_lines(plan):
            click.secho(line, fg=colour)
        if yes:
            return True
        if not sys.stdin.isatty():
            raise Refused("nobody is there to agree to this plan", fix="add --yes")
        return click.confirm("Apply this?")

    with opened(context, only) as (house, wanted):
        if only not in AWAY:
            start(house.paths)
        if wake:
            asyncio.run(wake_all(house, click.echo))
        order = house.apply(
            f"apply --only {only}" if only else "apply",
            wanted=wanted,
            confirm=confirm,
            observer=Board(),
            purge=ids(purge),
        )
        outcome = asyncio.run(order)
        for line in hints(house, outcome.left, only) if only != "machine" else ():
            click.echo(line, err=True)
    outcome.raise_for_failure()
    click.echo("nothing was done" if outcome.declined or not outcome.changed else "done")
