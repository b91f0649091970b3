"""`rackhouse twin status|matrix|address`: what reads a twin and changes nothing."""

from __future__ import annotations

import asyncio
import json

import click

from rackhouse.cli.context import Context
from rackhouse.cli.twin import (
    home_of,
    matrix_lines,
    open_twin,
    rack_of,
    status_json,
    status_lines,
)
from rackhouse.kit.errors import EXIT_CHANGES


@click.command("address")
@click.argument("node")
@click.pass_obj
def show_address(context: Context, node: str) -> None:
    """Print how SSH reaches NODE, as JSON."""
    from rackhouse.twin.reach import address
    from rackhouse.twin.state import load

    home = home_of(context)  # from outside, even where others have to go inside
    click.echo(json.dumps(address(home, load(home), rack_of(context), node), indent=2))


@click.command("status")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def show_status(context: Context, as_json: bool) -> int:
    """Show power, cables and VLANs. Exit code 2 where something is broken."""
    from rackhouse.twin.status import boxes

    home, state = open_twin(context)
    found = boxes(home, state)
    lines = [status_json(state, found)] if as_json else status_lines(state, found)
    click.echo("\n".join(lines))
    return 0 if all(box.power and box.cable and not box.degraded for box in found) else EXIT_CHANGES


@click.command("matrix")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def show_matrix(context: Context, as_json: bool) -> int:
    """Open every port of every pair, and compare with the rack file. Exit code 2 if it differs."""
    from rackhouse.twin.last_matrix import as_json as words
    from rackhouse.twin.survey import survey

    home, state = open_twin(context)
    matrix = asyncio.run(survey(home, state, rack_of(context)))
    click.echo(words(matrix) if as_json else "\n".join(matrix_lines(matrix)))
    return EXIT_CHANGES if matrix.wrong else 0


COMMANDS = (show_status, show_matrix, show_address)
