"""`rackhouse runs`."""

from __future__ import annotations

import getpass
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from rackhouse.cli.context import Context
from rackhouse.cli.start import start_run

if TYPE_CHECKING:
    from rackhouse.kit.paths import Paths
    from rackhouse.store.forge import Forge, RunRow

EPILOG = """
\b
Examples:
  rackhouse runs list                    the newest first
  rackhouse runs list hello --json
  rackhouse runs cancel 12
  rackhouse runs again 12                the same commit once more
  rackhouse runs start hello nightly.yaml --input level=high
  rackhouse logs --run 12 -f             what it says
"""
_COLOURS = {"passed": "green", "failed": "red", "running": "cyan"}


@click.group(epilog=EPILOG)
def command() -> None:
    """List, cancel and repeat runs, and start a workflow by hand."""


command.add_command(start_run)


@command.command("list")
@click.argument("repository", required=False)
@click.option("-n", "limit", default=20, show_default=True, help="How many.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def list_runs(context: Context, repository: str | None, limit: int, as_json: bool) -> None:
    """List runs, the newest first."""
    with _forge(context) as (forge, _):
        rows = forge.runs(repository=repository, limit=limit)
    if as_json:
        click.echo(json.dumps([asdict(row) for row in rows], indent=2))
        return
    for row in rows:
        _show(row)


@command.command("cancel")
@click.argument("number", type=int)
@click.pass_obj
def cancel_run(context: Context, number: int) -> None:
    """End a run without a release."""
    from rackhouse.delivery.runs.control import cancel

    with _forge(context) as (forge, paths):
        cancel(forge, paths, number, who=getpass.getuser(), now=time.time())
    click.echo(f"run {number} is cancelled")


@command.command("again")
@click.argument("number", type=int)
@click.pass_obj
def run_again(context: Context, number: int) -> None:
    """Run the commit of a run once more."""
    from rackhouse.delivery.runs.control import again

    with _forge(context) as (forge, _):
        row = again(forge, number, who=getpass.getuser(), now=time.time())
    click.echo(f"run {row.number} is queued: rackhouse logs --run {row.number} -f")


def _show(row: RunRow) -> None:
    click.echo(f"#{row.number:<5}", nl=False)
    click.secho(f"{row.status:<11}", fg=_COLOURS.get(row.status), nl=False)
    lives = f"  {row.application} r{row.release}" if row.release else ""
    why = f"  {row.why.splitlines()[0]}" if row.why else ""
    click.echo(f"{row.repository} {row.branch} {row.sha[:7]}  {row.who}{lives}{why}")


@contextmanager
def _forge(context: Context) -> Iterator[tuple[Forge, Paths]]:
    from rackhouse.store.sqlite_forge import SqliteForge

    with context.open() as house:
        forge = SqliteForge(house.paths.store)
        try:
            yield forge, house.paths
        finally:
            forge.close()
