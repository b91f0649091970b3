"""`rackhouse deploy`."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from rackhouse.cli.context import Context

EPILOG = """
\b
Examples:
  rackhouse deploy .                       the application in this folder
  rackhouse deploy ./guestbook --name book under another name
  rackhouse deploy . --force               a new release, though nothing has changed

The folder's score.yaml says what it is; without one, what its files imply (`rackhouse init`
shows that). The old release serves until the new one answers.
"""


@click.command(epilog=EPILOG)
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--name", help="The application's name. [default: from score.yaml, or the folder]")
@click.option("--force", is_flag=True, help="Make a new release, though nothing has changed.")
@click.option("--adopt-data", is_flag=True, help="Take over data of a removed application.")
@click.pass_obj
def command(
    context: Context, folder: Path, name: str | None, force: bool, adopt_data: bool
) -> None:
    """Put FOLDER live as an application."""
    from datetime import UTC, datetime

    from rackhouse.cli.board import Board
    from rackhouse.delivery.deploy import deploy
    from rackhouse.operations.up import require_up

    with context.open() as house, Board() as board:
        deployed = asyncio.run(
            deploy(
                house,
                folder,
                name=name,
                by=f"deploy {folder}",
                observer=board,
                now=datetime.now(UTC),
                force=force,
                adopt=adopt_data,
            )
        )
        if not deployed.changed:
            require_up(house.paths)
    click.echo(str(deployed))
