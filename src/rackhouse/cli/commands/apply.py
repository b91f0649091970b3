"""`rackhouse apply`."""

from __future__ import annotations

import asyncio
import sys

import click

from rackhouse.cli.context import Context
from rackhouse.cli.parts import AWAY, PARTS, opened

EPILOG = """
\b
Examples:
  rackhouse apply               shows the plan and asks
  rackhouse apply --yes         does not ask
  rackhouse apply --only hosts  the machines that joined, and nothing of this one
  rackhouse apply --only twin   their twin, to see how it goes
"""


@click.command(epilog=EPILOG)
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@click.option("--only", type=click.Choice(PARTS), help="Leave the rest of the rack as it is.")
@click.pass_obj
def command(context: Context, yes: bool, only: str | None) -> None:
    """Make the rack what the files say. Killed half way, run it again: it goes on."""
    from rackhouse.cli.board import Board
    from rackhouse.cli.show import plan_lines
    from rackhouse.kit.errors import Refused
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
        board = Board()
        what = f"apply --only {only}" if only else "apply"
        outcome = asyncio.run(house.apply(what, wanted=wanted, confirm=confirm, observer=board))
    outcome.raise_for_failure()
    click.echo("nothing was done" if outcome.declined or not outcome.changed else "done")
