"""`rackhouse status`."""

from __future__ import annotations

import json

import click

from rackhouse.cli.context import Context
from rackhouse.kit.errors import EXIT_CHANGES

EPILOG = """
\b
Examples:
  rackhouse status
  rackhouse status --json | jq .applications[].url

Exit code 2 until everything is ready.
"""


@click.command(epilog=EPILOG)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def command(context: Context, as_json: bool) -> int:
    """Say what runs and what does not, and why."""
    from rackhouse.operations.view import to_json, view

    with context.open(only_read=True) as house:
        seen = view(house)
    if as_json:
        click.echo(json.dumps(to_json(seen), indent=2))
    else:
        from rackhouse.cli.screen import stdout
        from rackhouse.cli.show import rack

        stdout().print(rack(seen))
    return 0 if seen.ready else EXIT_CHANGES
