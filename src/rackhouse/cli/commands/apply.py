"""`rackhouse apply`."""

from __future__ import annotations

import asyncio
import sys

import click

from rackhouse.cli.context import Context

EPILOG = """
\b
Examples:
  rackhouse apply               shows the plan and asks
  rackhouse apply --yes         does not ask
"""


@click.command(epilog=EPILOG)
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def command(context: Context, yes: bool) -> None:
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

    with context.open() as house:
        start(house.paths)
        board = Board()
        outcome = asyncio.run(house.apply("apply", confirm=confirm, observer=board))
    outcome.raise_for_failure()
    click.echo("nothing was done" if outcome.declined or not outcome.changed else "done")
