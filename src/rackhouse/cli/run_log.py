"""The log of a run, on a terminal or as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from rackhouse.delivery.runs.control import find
from rackhouse.delivery.runs.follow import lines, shown
from rackhouse.delivery.runs.log import Kind, Line, read_log
from rackhouse.delivery.runs.queue import run_folder
from rackhouse.kit.paths import Paths
from rackhouse.store.forge import OPEN
from rackhouse.store.sqlite_forge import SqliteForge

_COLOURS = {Kind.GROUP: "cyan", Kind.ERROR: "red", Kind.NOTE: "bright_black"}


async def show_run(paths: Paths, number: int, *, follow: bool, as_json: bool) -> None:
    """Print what it said, and with `follow` what it says until it has ended. Missing when there is
    no such run.
    """
    forge, silent = SqliteForge(paths.store), True
    try:
        row = find(forge, number)
        if follow:
            async for line in lines(forge, paths, number):
                silent = _show(line, as_json)
        else:
            for line, _ in read_log(run_folder(paths, number)):
                silent = _show(line, as_json)
        if silent:  # on a restored rack: logs are not in a backup
            why = "has said nothing yet" if row.status in OPEN else "has left no log here"
            click.echo(f"run {number} {why}", err=True)
    finally:
        forge.close()


def _show(line: Line, as_json: bool) -> bool:
    """Print it; false, since now something was said."""
    if as_json:
        click.echo(json.dumps(asdict(line)))
    else:
        click.secho(shown(line), fg=_COLOURS.get(line.kind))
    return False
