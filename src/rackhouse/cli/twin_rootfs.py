"""`rackhouse twin root`: what nodes of a twin run."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("root")
@click.option("--from", "archive", type=click.Path(exists=True, path_type=Path), help="A tar file.")
@click.option("--remove", is_flag=True, help="Remove it.")
def make_root(archive: Path | None, remove: bool) -> None:
    """Make the Debian that nodes run: once, about a minute, from the Internet."""
    from rackhouse.twin import rootfs_own

    if remove:
        click.echo("gone" if rootfs_own.remove() else "there is none")
    else:
        click.echo(rootfs_own.make(lambda line: click.echo(line, err=True), archive))
