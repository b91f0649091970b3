"""Words around clusters: asking one, and its nodes as rows."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from collections.abc import Callable, Coroutine, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from rackhouse.cli.context import Context
    from rackhouse.operations.cluster.kubeconfig import Written
    from rackhouse.operations.cluster.nodes import NodeState
    from rackhouse.operations.cluster.reach import Reach

T = TypeVar("T")
which = click.option("--cluster", "name", default="", help="Where the rack has several.")


def asked(context: Context, name: str, ask: Callable[[Reach], Coroutine[Any, Any, T]]) -> T:
    """What the cluster of that name, or the only one, answers."""
    from rackhouse.operations.cluster.reach import reach

    with context.open(only_read=True) as house:
        return asyncio.run(ask(reach(house, name)))


def show_kubeconfig(done: Written, days: int) -> None:
    """Where it lies, for a shell; all else is for people."""
    click.echo(done.file)
    how = "fetched" if done.fetched else "it is still good"
    click.echo(f"{how}: its certificate has {done.days} days", err=True)
    if done.days < days:
        click.echo("that is the server's own: `rackhouse cluster rotate` renews it", err=True)


def show_nodes(found: Sequence[NodeState], *, as_json: bool) -> None:
    """As kubectl words it."""
    if as_json:
        click.echo(json.dumps([dataclasses.asdict(each) for each in found], indent=2))
        return
    for each in found:
        state = "Ready" if each.ready else "NotReady"
        state += ",SchedulingDisabled" if each.cordoned else ""
        end = "" if each.joined else "  not in the rack file"
        click.echo(f"{each.name:<12} {state:<26} {each.role:<7} {each.version}{end}")
