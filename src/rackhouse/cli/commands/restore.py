"""`rackhouse restore`."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from rackhouse.cli.context import Context

EPILOG = """
\b
Examples:
  rackhouse restore rack.backup                     onto a new machine
  rackhouse --home /tmp/try restore rack.backup     beside the rack that is there
"""


@click.command(epilog=EPILOG)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--passphrase",
    envvar="RACKHOUSE_PASSPHRASE",
    prompt=True,
    hide_input=True,
    help="What the file was sealed with. [$RACKHOUSE_PASSPHRASE]",
)
@click.pass_obj
def command(context: Context, file: Path, passphrase: str) -> None:
    """Bring a backup back into an empty state folder, and compare it with its checksums."""
    from rackhouse.cli.board import Board
    from rackhouse.operations.backup.restore import raise_for_difference, restore
    from rackhouse.operations.up import local_now

    with Board() as board:
        work = restore(file, passphrase, context.root, observer=board, now=local_now())
        restored = asyncio.run(work)
    click.echo(f"restored the rack {restored.manifest.rack} of {restored.manifest.made}")
    click.echo(str(restored))
    raise_for_difference(restored)
