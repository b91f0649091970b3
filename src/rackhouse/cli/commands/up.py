"""`rackhouse up`."""

from __future__ import annotations

from contextlib import suppress

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
    from rackhouse.cli.foreground import make_ready, show, show_links, stay_up
    from rackhouse.kit.errors import NotReady, RackhouseError
    from rackhouse.operations.view import view

    if not detach:
        stay_up(context, timeout)
        return
    with context.open() as house:
        try:
            make_ready(house, timeout)
        except NotReady:
            show(view(house))  # what is there can be used, and shows what is not
            with suppress(RackhouseError):
                show_links(house)
            raise
        show(view(house))
        click.echo()
        show_links(house)
