"""`rackhouse down`."""

from __future__ import annotations

import click

from rackhouse.cli.context import Context

EPILOG = "\b\nExamples:\n  rackhouse down\n  rackhouse down --timeout 120"


@click.command(epilog=EPILOG)
@click.option("--timeout", default=60.0, show_default=True, help="Seconds to wait for the end.")
@click.pass_obj
def command(context: Context, timeout: float) -> None:
    """Stop everything, in order. Nothing is lost; `rackhouse up` brings it back."""
    from rackhouse.operations.down import take_down

    with context.open() as house:
        paths = house.paths
    click.echo("stopped" if take_down(paths, timeout) else "nothing runs")
