"""`rackhouse init`."""

from __future__ import annotations

from pathlib import Path

import click

from rackhouse.cli.context import Context

EPILOG = """
\b
Examples:
  rackhouse init                 show what this folder implies
  rackhouse init ./shop --write  write ./shop/score.yaml
"""


@click.command(epilog=EPILOG)
@click.argument(
    "folder", type=click.Path(exists=True, file_okay=False, path_type=Path), default=Path()
)
@click.option("--write", is_flag=True, help="Write score.yaml; never over one that exists.")
@click.pass_obj
def command(_: Context, folder: Path, write: bool) -> None:
    """Show the application file that FOLDER implies, or write it."""
    from rackhouse.app.sources import read_source
    from rackhouse.kit.errors import Refused
    from rackhouse.kit.files import write_atomic

    source = read_source(folder)
    file = folder / "score.yaml"
    if not write:
        click.echo(source.text.rstrip())
        return
    if file.exists():
        raise Refused(f"{file} exists", fix="edit it, or move it away first")
    write_atomic(file, source.text, 0o644)
    click.echo(f"wrote {file}")
