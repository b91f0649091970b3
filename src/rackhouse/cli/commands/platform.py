"""`rackhouse platform`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rackhouse.cli.context import Context

if TYPE_CHECKING:
    from rackhouse.rack.model import Rack

EPILOG = """
\b
Examples:
  rackhouse platform list           what the first cluster has before any application
  rackhouse platform list --json    the same, for programs
  rackhouse platform pin            ask the registries, and write platform.lock
"""
_where = click.option("--cluster", default="", help="The rack's cluster.  [default: its first]")


@click.group(epilog=EPILOG)
def command() -> None:
    """Say what a cluster has before any application, and pin its images by their content."""


@command.command("list")
@_where
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def list_components(context: Context, cluster: str, as_json: bool) -> None:
    """List the components with versions, what they ask for, and which images are pinned.

    From the rack file and platform.lock alone: nothing is asked, and nothing is changed.
    """
    from rackhouse.apply.pins import read
    from rackhouse.cli.platform import as_json as to_json
    from rackhouse.cli.platform import as_table, named
    from rackhouse.desired.platform.budget import budget
    from rackhouse.desired.platform.wanted import no_broker

    rack = _rack(context)
    name, pins = named(rack, cluster), read(context.rack_file)
    show = to_json if as_json else as_table
    click.echo(show(name, budget(rack, name), pins, no_broker(rack, name)))


@command.command("pin")
@click.pass_obj
def pin_images(context: Context) -> None:
    """Ask the registries what each image is, and write platform.lock beside the rack file.

    Nobody signs in. Mirrors of the rack file are asked first. What does not answer is told, and
    keeps the pin that it had.
    """
    from rackhouse.apply.pins import beside, read
    from rackhouse.cli.platform import as_lines, incomplete
    from rackhouse.kit.errors import Missing
    from rackhouse.operations.platform.pinning import pin, write

    file: Path | None = context.rack_file
    if file is None:
        raise Missing("there is no rack file to pin images for", fix="name one with --file")
    found = asyncio.run(pin(_rack(context), read(file)))
    changed = write(beside(file), found)
    click.echo("\n".join(as_lines(found)))
    click.echo(f"{beside(file)}: {'written' if changed else 'as it was'}")
    incomplete(found)


def _rack(context: Context) -> Rack:
    from rackhouse.apply.open import read_rack

    return read_rack(context.rack_file)
