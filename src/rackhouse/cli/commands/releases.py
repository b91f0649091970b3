"""`rackhouse releases`."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime

import click

from rackhouse.cli.context import Context

EPILOG = """
\b
Examples:
  rackhouse releases guestbook
  rackhouse releases guestbook --json
  rackhouse rollback guestbook r3           go back to one of them
"""


@click.command(epilog=EPILOG)
@click.argument("application")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def command(context: Context, application: str, as_json: bool) -> None:
    """List an application's releases: who made them, when, and of which commit and settings."""
    from rackhouse.cli.releasing import learn_of
    from rackhouse.delivery.history import history

    with context.open(only_read=True) as house:
        learn_of(house, application)
        found = history(house.store, application)
    if as_json:
        click.echo(json.dumps([asdict(each) for each in found], indent=2))
        return
    if not found:
        click.echo(f"{application} has no release now")
    for each in found:
        when = datetime.fromtimestamp(each.made, UTC).astimezone().strftime("%Y-%m-%d %H:%M")
        commit = each.commit[:7] or "-"
        colour = {"live": "green", "failed": "red"}.get(each.status)
        click.echo(f"r{each.number:<4} ", nl=False)
        click.secho(f"{each.status:<7}", fg=colour, nl=False)
        click.echo(f"{when}  {commit:<8}{each.build}  {each.configuration}  {each.by}")
