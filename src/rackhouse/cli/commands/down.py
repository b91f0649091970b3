"""`rackhouse down`."""

from __future__ import annotations

import click

from rackhouse.cli.context import Context

EPILOG = "\b\nExamples:\n  rackhouse down\n  rackhouse down --timeout 120"


@click.command(epilog=EPILOG)
@click.option("--timeout", default=60.0, show_default=True, help="Seconds to wait for the end.")
@click.pass_obj
def command(context: Context, timeout: float) -> None:
    """Stop everything on this machine, in order. Nothing is lost; `rackhouse up` brings it back."""
    from rackhouse.operations.cluster.whereabouts import whereabouts
    from rackhouse.operations.down import take_down

    with context.open() as house:
        paths, places = house.paths, whereabouts(house)
    click.echo("stopped" if take_down(paths, timeout) else "nothing runs")
    for cluster in sorted(set(places.values())):
        names = ", ".join(sorted(name for name, its in places.items() if its == cluster))
        click.echo(f"on {cluster} serves on: {names}")
