"""`rackhouse logs`."""

from __future__ import annotations

import asyncio
import itertools
import json
from typing import TYPE_CHECKING

import click

from rackhouse.cli.context import Context

if TYPE_CHECKING:
    from rackhouse.operations.logs import Line

EPILOG = """
\b
Examples:
  rackhouse logs guestbook            the last 100 lines
  rackhouse logs -f guestbook         and what comes
  rackhouse logs -f postgres ingress
  rackhouse logs --json guestbook
  rackhouse logs --previous guestbook   on a cluster: what one that crashed said last
  rackhouse logs --run 12 -f          what a push set going
  rackhouse logs docker.forge/container/ollama   on another machine
"""
_COLOURS = ("cyan", "magenta", "green", "yellow", "blue")


@click.command(epilog=EPILOG)
@click.argument("names", metavar="[APPLICATION | PART | UNIT | CONTAINER]...", nargs=-1)
@click.option("-f", "--follow", is_flag=True, help="Go on with what comes.")
@click.option("-n", "count", default=100, show_default=True, help="How many lines of each.")
@click.option("-p", "--previous", is_flag=True, help="On a cluster: what ended before said last.")
@click.option("--run", "run", type=int, help="The log of that run instead.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per line.")
@click.pass_obj
def command(
    context: Context,
    names: tuple[str, ...],
    *,
    follow: bool,
    count: int,
    previous: bool,
    run: int | None,
    as_json: bool,
) -> None:
    """Show what applications and parts have said, here and on clusters; everything for no name."""
    from rackhouse.cli.speaking import show

    with context.open(only_read=True) as house:
        if any("/" in name for name in names):
            from rackhouse.cli.container_log import show_container

            show_container(house, names, count=count, follow=follow)
        elif run is not None:
            from rackhouse.cli.run_log import show_run

            asyncio.run(show_run(house.paths, run, follow=follow, as_json=as_json))
        else:
            painted = _as_json if as_json else _Painter()
            show(house, names, count, follow=follow, previous=previous, line=painted)


def _as_json(line: Line) -> None:
    time = {"time": line.time} if line.time else {}
    click.echo(json.dumps({**time, "unit": line.unit, "text": line.text}))


class _Painter:
    """Gives each unit a colour of its own."""

    def __init__(self) -> None:
        self._colours: dict[str, str] = {}
        self._next = itertools.cycle(_COLOURS)

    def __call__(self, line: Line) -> None:
        """Print one line behind its unit's name."""
        if line.unit not in self._colours:
            self._colours[line.unit] = next(self._next)
        click.secho(line.unit, fg=self._colours[line.unit], nl=False)
        click.echo(f"  {line.text}")
