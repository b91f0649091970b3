"""`rackhouse restore`."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from rackhouse.cli.context import Context
from rackhouse.cli.passphrase import passphrase_option

EPILOG = """
\b
Examples:
  rackhouse restore rack.backup                     onto a new machine
  rackhouse --home ~/try restore rack.backup        beside the rack that is there

Killed half way, run it again: it begins anew.
"""


@click.command(epilog=EPILOG)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@passphrase_option(confirm=False)
@click.pass_obj
def command(context: Context, file: Path, passphrase: str) -> None:
    """Bring a backup back into an empty state folder, and compare it with its checksums.

    The rack file and the folders that it names come back too, unless --file names another.
    """
    from rackhouse.cli.board import Board
    from rackhouse.operations.backup.elsewhere import words
    from rackhouse.operations.backup.restore import restore
    from rackhouse.operations.up import local_now

    with Board() as board:
        work = restore(
            file,
            passphrase,
            context.home,
            rack_file=context.file,
            observer=board,
            now=local_now(),
        )
        restored = asyncio.run(work)
    about = restored.about
    click.echo(f"restored the rack {about.rack} of {about.made} into {restored.root}")
    for line in words(about.elsewhere):
        click.echo(line)
    if restored.rack_file:
        click.echo(f"its rack file is {restored.rack_file}")
    click.echo(str(restored))
    restored.raise_for_failure()
