"""`rackhouse version`."""

from __future__ import annotations

import json
import platform

import click

from rackhouse import __version__


@click.command(epilog="\b\nExamples:\n  rackhouse version\n  rackhouse version --json")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(as_json: bool) -> None:
    """Print the version of Rackhouse and of Python."""
    if as_json:
        click.echo(json.dumps({"rackhouse": __version__, "python": platform.python_version()}))
    else:
        click.echo(f"rackhouse {__version__} (Python {platform.python_version()})")
