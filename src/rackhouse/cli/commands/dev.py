"""`rackhouse dev`."""

from __future__ import annotations

from pathlib import Path

import click

from rackhouse.cli.context import Context

EPILOG = """
\b
Examples:
  rackhouse dev                  the application in this folder, as NAME-dev, until Ctrl-C
  rackhouse dev ./shop --reset   with new data: empty, or what its seed puts in
  rackhouse dev --remove         delete that data, and all else of it

The code runs in the folder itself and is started anew when a file changes. Its database, cache and
bucket are its own and stay for the next time.
"""


@click.command(epilog=EPILOG)
@click.argument(
    "folder", type=click.Path(exists=True, file_okay=False, path_type=Path), default=Path()
)
@click.option("--reset", is_flag=True, help="Begin with new data.")
@click.option("--remove", "removes", is_flag=True, help="Delete it, data and all, and end.")
@click.pass_obj
def command(context: Context, folder: Path, *, reset: bool, removes: bool) -> None:
    """Run the code in FOLDER under a name of its own, with data of its own, while you write it."""
    from rackhouse.cli.developing import clear, stay
    from rackhouse.delivery.dev.session import developing
    from rackhouse.operations.up import require_up

    folder = folder.resolve()
    with context.open() as house:
        require_up(house.paths)
        with developing(house, folder) as name:
            if reset or removes:
                clear(house, name)
            if not removes:
                stay(house, name, folder)
