"""`rackhouse journal`."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime

import click

from rackhouse.cli.context import Context

EPILOG = "\b\nExamples:\n  rackhouse journal -n 3 --steps\n  rackhouse journal --json"


@click.command(epilog=EPILOG)
@click.option("-n", "limit", default=20, show_default=True, help="How many changes, newest first.")
@click.option("--steps", is_flag=True, help="Show each step with its result.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def command(context: Context, limit: int, steps: bool, as_json: bool) -> None:
    """Show who changed what, when, and how each step ended."""
    from rackhouse.operations.view import last_apply

    with context.open(only_read=True) as house:
        last = last_apply(house)  # first: what begins or ends meanwhile is under way or ended
        rows = house.store.journal(limit)
    if as_json:
        click.echo(json.dumps([asdict(row) for row in rows], indent=2))
        return
    if not rows:
        click.echo("nothing has been changed yet")
    over = last.number - (not last.interrupted) if last else 0
    for row in rows:
        when = datetime.fromtimestamp(row.began, UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S")
        open_end = "was interrupted" if row.number <= over else "is under way"
        end = f"{row.ended - row.began:.1f} s" if row.ended else open_end
        click.echo(f"#{row.number}  {when}  {row.who}  {row.what}  ({len(row.steps)} steps, {end})")
        for step in row.steps if steps else ():
            click.echo(f"    {step.result:<8} {step.step}" + (f": {step.why}" if step.why else ""))
