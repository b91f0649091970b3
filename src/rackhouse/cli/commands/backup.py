"""`rackhouse backup`."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from rackhouse.cli.context import Context
from rackhouse.cli.passphrase import passphrase_option

EPILOG = """
\b
Examples:
  rackhouse backup /mnt/usb/rack.backup
  rackhouse backup --passphrase-file ~/.rack-passphrase rack.backup

Keep the passphrase apart from the file: without it nobody can open the backup, you included.
"""


@click.command(epilog=EPILOG)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Write over a file that exists.")
@passphrase_option(confirm=True)
@click.pass_obj
def command(context: Context, file: Path, force: bool, passphrase: str) -> None:
    """Put databases, keys, objects, volumes, releases and credentials into one sealed FILE.

    What applications on clusters keep is there, and said: `backups` of the rack file copies it.
    """
    from rackhouse.cli.screen import stderr
    from rackhouse.kit.errors import Refused
    from rackhouse.kit.text import format_bytes, plural
    from rackhouse.operations.backup.elsewhere import elsewhere, words
    from rackhouse.operations.backup.make import back_up
    from rackhouse.operations.up import local_now

    if file.exists() and not force:
        raise Refused(f"{file} exists", fix="name another file, or add --force")
    with context.open() as house, stderr().status("backing up") as status:
        count = asyncio.run(back_up(house, file, passphrase, now=local_now(), say=status.update))
        lacks = list(words(elsewhere(house)))
    size = format_bytes(file.stat().st_size)
    click.echo(f"wrote {file}: {size}, {plural(count, 'checksum')}; nobody has restored it yet")
    for line in lacks:
        click.echo(line)
