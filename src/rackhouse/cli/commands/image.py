"""`rackhouse image`."""

from __future__ import annotations

from pathlib import Path

import click

EPILOG = """
\b
Examples:
  rackhouse image . /tmp/context
  rackhouse image . /tmp/context --name git.home.arpa/home/hello --platform linux/arm64 | sh
  jq -r '."containerimage.digest"' /tmp/context.json      what was pushed
"""


@click.command(epilog=EPILOG)
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("context", type=click.Path(exists=False, path_type=Path))
@click.option("--name", default="", help="Print the line that builds it and pushes it there.")
@click.option("--platform", "platforms", multiple=True, default=("linux/amd64", "linux/arm64"),
              show_default=True, help="What it is built for.")  # fmt: skip
def command(folder: Path, context: Path, name: str, platforms: tuple[str, ...]) -> None:
    """Write to CONTEXT what an image of FOLDER is built from.

    A folder without a Dockerfile gets one, from what its runtime and its lock say. With --name, the
    line that builds and pushes it is printed: it takes BuildKit, which needs no root.
    """
    import shlex

    from rackhouse.delivery.onrack import building

    made = building.context(folder, context)
    metadata = context.with_name(f"{context.name}.json")
    if name:
        click.echo(shlex.join(building.buildctl(made, name, platforms, metadata)))
    else:
        click.echo(made.dockerfile)
