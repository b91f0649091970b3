"""`rackhouse status`."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from rackhouse.cli.context import Context
from rackhouse.kit.errors import EXIT_CHANGES

if TYPE_CHECKING:
    from rackhouse.apply.open import OpenRack
    from rackhouse.operations.cluster.standings import Row

EPILOG = """
\b
Examples:
  rackhouse status
  rackhouse status --json | jq .applications[].url

Exit code 2 until everything is ready. Clusters that have joined are asked, 15 s at most.
"""


@click.command(epilog=EPILOG)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def command(context: Context, as_json: bool) -> int:
    """Say what runs and what does not, and why."""
    from rackhouse.cli.cluster_rows import lines, serves
    from rackhouse.operations.view import to_json, view

    with context.open(only_read=True) as house:
        seen, clusters = view(house), _clusters(house)
    if as_json:
        found = [asdict(row) for row in clusters]
        click.echo(json.dumps({**to_json(seen), "clusters": found}, indent=2))
    else:
        from rackhouse.cli.screen import stdout
        from rackhouse.cli.show import rack

        stdout().print(rack(seen))
        for line in ["", *lines(clusters)] if clusters else ():
            click.echo(line)
    return 0 if seen.ready and all(map(serves, clusters)) else EXIT_CHANGES


def _clusters(house: OpenRack) -> Sequence[Row]:
    """How those that have joined do; without any, nothing is asked over the network."""
    from rackhouse.apply.clusters import joined

    if not joined(house.store):
        return ()
    from rackhouse.operations.cluster.standings import standings

    return [row for row in asyncio.run(standings(house)) if row.joined]
