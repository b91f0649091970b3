"""`rackhouse plan`."""

from __future__ import annotations

import asyncio
import gc
import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import click

from rackhouse.cli.context import Context
from rackhouse.cli.parts import AWAY, PARTS, opened
from rackhouse.kit.errors import EXIT_CHANGES

if TYPE_CHECKING:
    from rackhouse.plan.diff import Change
    from rackhouse.plan.step import Plan
    from rackhouse.resources.core import Id

    Changes = Mapping[Id, tuple[Change, ...] | None]

EPILOG = """
\b
Examples:
  rackhouse plan
  rackhouse plan --diff         shows what changed, field by field
  rackhouse plan --kept         names the data that stays of what has left
  rackhouse plan --only hosts   the machines that joined, and nothing of this one
  rackhouse plan --only clusters  what is on the clusters that joined
  rackhouse plan --json | jq .steps[].id

Exit code 0: nothing to do; 2: there are changes.
"""


@click.command(epilog=EPILOG)
@click.option("--diff", is_flag=True, help="Show each field that changes.")
@click.option("--kept", is_flag=True, help="Name all data that is kept, instead of counting it.")
@click.option("--only", type=click.Choice(PARTS), help="Leave the rest of the rack out.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def command(context: Context, diff: bool, kept: bool, only: str | None, as_json: bool) -> int:
    """Show what apply would change, and what cannot be seen. Changes nothing."""
    from rackhouse.apply.changes import changes
    from rackhouse.apply.rehearsal import rehearse
    from rackhouse.cli.hints import hints
    from rackhouse.supervisor.client import running

    gc.disable()  # a plan makes values by the hundred thousand, none in a circle, and then we end
    with opened(context, only, only_read=True) as (house, wanted):
        plan = asyncio.run(house.plan(wanted))
        found: Changes | None = None
        if diff:
            told = changes(plan, wanted.resources, house.store)
            found = {**told, **asyncio.run(rehearse(house, wanted, plan))}
        beside = () if as_json or only == "machine" else tuple(hints(house, plan.notes, only))
    if only not in AWAY and house.paths.units.is_dir() and running(house.paths) is None:
        click.echo("the rack is down: what is in its parts cannot be seen", err=True)
    for line in beside:
        click.echo(line, err=True)
    click.echo(_json(plan, found or {}) if as_json else "\n".join(_lines(plan, found, kept=kept)))
    return EXIT_CHANGES if plan.steps or not plan.complete else 0


def _lines(plan: Plan, found: Changes | None, *, kept: bool) -> Iterator[str]:
    from rackhouse.cli.show import plan_lines

    ids = [step.id for step in plan.steps]  # whose lines come first, where each has one
    for n, (line, colour) in enumerate(plan_lines(plan, kept=kept, each=found is not None)):
        yield click.style(line, fg=colour)
        if found and n < len(ids) and ids[n] in found:
            known = found[ids[n]]
            said = ["what it was is not known"] if known is None else known
            yield from (f"    {change}" for change in said)


def _json(plan: Plan, found: Changes) -> str:
    steps = [
        {
            "verb": step.verb,
            "id": str(step.id),
            "why": step.why,
            "after": list(map(str, step.after)),
            **_changes(found, step.id),
        }
        for step in plan.steps
    ]
    return json.dumps({"steps": steps, "notes": list(map(str, plan.notes))}, indent=2)


def _changes(found: Changes, id: Id) -> dict[str, object]:
    """Nothing where nothing changed in the files; null where what it was is not known."""
    if id not in found:
        return {}
    known = found[id]
    return {
        "changes": known and [{"path": c.path, "old": c.old, "new": c.new} for c in known],
    }
