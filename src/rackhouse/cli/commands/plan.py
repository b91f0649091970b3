"""`rackhouse plan`."""

from __future__ import annotations

import asyncio
import gc
import json

import click

from rackhouse.cli.context import Context
from rackhouse.kit.errors import EXIT_CHANGES

EPILOG = """
\b
Examples:
  rackhouse plan
  rackhouse plan --json | jq .steps[].id

Exit code 0: nothing to do; 2: there are changes.
"""


@click.command(epilog=EPILOG)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def command(context: Context, as_json: bool) -> int:
    """Show what apply would change, and what cannot be seen. Changes nothing."""
    gc.disable()  # a plan makes values by the hundred thousand, none in a circle, and then we end
    with context.open() as house:
        plan = asyncio.run(house.plan())
    if as_json:
        steps = [
            {"verb": s.verb, "id": str(s.id), "why": s.why, "after": list(map(str, s.after))}
            for s in plan.steps
        ]
        click.echo(json.dumps({"steps": steps, "notes": list(map(str, plan.notes))}, indent=2))
    else:
        from rackhouse.cli.show import plan_lines

        click.echo("\n".join(click.style(line, fg=colour) for line, colour in plan_lines(plan)))
    return EXIT_CHANGES if plan.steps or not plan.complete else 0
