"""`rackhouse runs start`: a workflow by hand."""

from __future__ import annotations

import asyncio
import getpass
import time
from collections.abc import Mapping, Sequence

import click

from rackhouse.cli.context import Context
from rackhouse.cli.forge import open_forge


@click.command("start")
@click.argument("repository")
@click.argument("workflow", default="")
@click.option("--branch", default="", help="Where; else the default branch.")
@click.option("--input", "inputs", multiple=True, metavar="NAME=VALUE", help="What it asks for.")
@click.option("--detach", is_flag=True, help="Do not wait for its end.")
@click.pass_obj
def start_run(
    context: Context, /, repository: str, inputs: Sequence[str], detach: bool, **which: str
) -> None:
    """Run a workflow that has `workflow_dispatch`, and show what it says. Releases nothing."""
    from rackhouse.cli.run_log import show_run
    from rackhouse.delivery.repositories import known
    from rackhouse.delivery.runs.control import find
    from rackhouse.delivery.runs.dispatch import start
    from rackhouse.operations.up import require_up

    with open_forge(context) as (house, forge):
        paths = house.paths
        require_up(paths)
        row = start(
            forge,
            paths,
            known(forge, repository),
            **which,
            given=_pairs(inputs),
            who=getpass.getuser(),
            now=time.time(),
        )
        click.echo(f"run {row.number} is queued: rackhouse logs --run {row.number} -f")
        if not detach:
            asyncio.run(show_run(paths, row.number, follow=True, as_json=False))
            if find(forge, row.number).status != "passed":
                raise SystemExit(1)


def _pairs(inputs: Sequence[str]) -> Mapping[str, str]:
    pairs = [text.partition("=") for text in inputs]
    for name, sign, _ in pairs:
        if not sign:
            raise click.UsageError(f"--input {name}: write NAME=VALUE")
    return {name: value for name, _, value in pairs}
