"""`rackhouse explain`."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rackhouse.cli.context import Context

if TYPE_CHECKING:
    from rackhouse.desired.explain import Explanation

EPILOG = """
\b
Examples:
  rackhouse explain guestbook                    here, and on a cluster
  rackhouse explain ./guestbook --target kube    a folder that is not live yet
  rackhouse explain guestbook --picture guestbook.svg
  rackhouse explain guestbook --json | jq '.stories[].edges[]'

A line with + is made because of the line of the file above it; with ~ it is shaped by that line.
"""


@click.command(epilog=EPILOG)
@click.argument("app", metavar="APP|FOLDER")
@click.option("--target", type=click.Choice(["embedded", "kube"]),
              help="Tell of one alone.  [default: both]")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--picture", type=click.Path(path_type=Path, dir_okay=False),
              help="Draw it too, as SVG, into this file.")  # fmt: skip
@click.pass_obj
def command(
    context: Context, app: str, target: str | None, as_json: bool, picture: Path | None
) -> None:
    """Tell what an application becomes: which line of its files makes which things.

    On this machine and on a cluster: what reaches what, where it may run and why, what it asks
    for, who may open it, and what happens when it is released, rolled back and removed. Nothing is
    changed, and no cluster is asked.
    """
    from rackhouse.delivery.explaining import explained
    from rackhouse.desired.explain import Target
    from rackhouse.desired.explain.text import lines

    targets = [Target(target)] if target else list(Target)
    with context.open(only_read=True) as house:
        found = explained(house, app, targets)
    if picture is not None:
        _draw(picture, found)
    if as_json:
        click.echo(json.dumps(asdict(found), indent=2))
        return
    for line in lines(found):
        click.echo(line)


def _draw(file: Path, found: Explanation) -> None:
    from rackhouse.desired.explain.picture import picture
    from rackhouse.kit.files import write_atomic

    write_atomic(file, picture(found), mode=0o644)
    click.echo(f"wrote {file}", err=True)
