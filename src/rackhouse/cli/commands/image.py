"""`rackhouse image`."""

from __future__ import annotations

from pathlib import Path

import click

EPILOG = """
\b
Examples:
  rackhouse image . /tmp/context
  rackhouse image . /tmp/context --name git.home.arpa/home/hello --platform linux/arm64 | sh -e
  rackhouse release . --built /tmp/context
"""


@click.command(epilog=EPILOG)
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("context", type=click.Path(exists=False, path_type=Path))
@click.option("--name", default="", help="Print the lines that build it and push it there.")
@click.option("--platform", "platforms", multiple=True,
              help="As linux/arm64.  [default: each that has a builder]")  # fmt: skip
@click.option("--pin", "pins", multiple=True, metavar="IMAGE@DIGEST",
              help="A base by its digest, in the Dockerfile that is made.")  # fmt: skip
def command(
    folder: Path, context: Path, *, name: str, platforms: tuple[str, ...], pins: tuple[str, ...]
) -> None:
    """Write to CONTEXT, which is not there yet, what an image of FOLDER is built from.

    A folder without a Dockerfile gets one, from what its runtime and its lock say. With --name, the
    lines that build and push it are printed, one for each platform, for the builder of which
    BUILDKIT_ARM64 and the like have the address. They take BuildKit, which needs no root.
    """
    import os
    import shlex

    from rackhouse.delivery.onrack import building

    native = building.builders(os.environ)
    wanted = building.platforms_of(platforms, native) if name else ()
    made = building.context(folder, context, building.pinned(pins))
    if not name:
        click.echo(made.dockerfile)
    for platform in wanted:
        line = building.buildctl(made, name, platform, native.get(platform, ""))
        click.echo(shlex.join(line))
