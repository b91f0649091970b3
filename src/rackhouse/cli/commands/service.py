"""`rackhouse service`."""

from __future__ import annotations

from pathlib import Path

import click

from rackhouse.cli.context import Context

EPILOG = """
\b
Examples:
  rackhouse service install       start this rack with the machine
  rackhouse service uninstall     no longer
"""


@click.command(epilog=EPILOG)
@click.argument("action", type=click.Choice(["install", "uninstall"]))
@click.pass_obj
def command(context: Context, action: str) -> None:
    """Start the rack when this machine starts (a systemd user unit), or no longer."""
    from rackhouse.operations.service import install, uninstall

    if action == "uninstall":
        done = uninstall(context.root, Path.home())
        click.echo("the service is gone; the rack's data stays" if done else "there was no service")
        return
    installed = install(context.root, context.rack_file, Path.home())
    click.echo(f"wrote {installed.file}")
    click.echo("started" if installed.started else "not started now")
    if installed.note:
        click.echo(installed.note)
