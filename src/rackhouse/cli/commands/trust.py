"""`rackhouse trust`."""

from __future__ import annotations

from pathlib import Path

import click

from rackhouse.cli.context import Context

EPILOG = """
\b
Examples:
  rackhouse trust                 git, curl, Python, Node and Chromium of this user
  rackhouse trust --remove        take all of it back
"""


@click.command(epilog=EPILOG)
@click.option("--remove", is_flag=True, help="Take the trust back.")
@click.pass_obj
def command(context: Context, remove: bool) -> None:
    """Make this user's tools trust the rack's own certificates. Needs no root.

    The rack's authority can vouch for the rack's names alone.
    """
    from rackhouse.operations.address import https_origins
    from rackhouse.operations.trust import distrust, trust

    with context.open() as house:
        home = Path.home()
        name = house.rack.name
        results = (
            distrust(home, name) if remove else trust(house.paths, home, name, https_origins(house))
        )
    for result in results:
        colour = "green" if result.done else "yellow"
        click.secho("ok  " if result.done else "--  ", fg=colour, nl=False)
        click.echo(f"{result.tool:<16} {result.note}")
