"""`rackhouse up`."""

from __future__ import annotations

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
    from rackhouse.cli.foreground import make_ready, show, show_links, show_what_is_up, stay_up
    from rackhouse.kit.errors import RackhouseError, Refused

    if not detach:
        stay_up(context, timeout)
        return
    with context.open() as house:
        try:
            seen = make_ready(house, timeout)
        except Refused:
            raise
        except RackhouseError:
            show_what_is_up(house)
            raise
        show(seen)
        click.echo()
        show_links(house)
