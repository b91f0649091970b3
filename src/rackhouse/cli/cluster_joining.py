"""The commands of `rackhouse cluster` by which clusters become part of plans, and leave them."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rackhouse.cli.context import Context

if TYPE_CHECKING:
    from rackhouse.apply.open import OpenRack
    from rackhouse.resources.core import Hidden

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command("add")
@click.argument("cluster")
@click.option("--kubeconfig", "file", type=_FILE, help="Of a cluster that is there already.")
@click.option("--context", "chosen", default="", help="Of that file.  [default: its current one]")
@click.pass_obj
def add_cluster(context: Context, cluster: str, file: Path | None, chosen: str) -> None:
    """Let a cluster of the rack file join. Nothing is changed on it.

    K3s that the rack set up needs no file: its servers have one. Run it again when a credential has
    ended.
    """
    from rackhouse.operations.cluster.joining import join

    with context.open() as house:
        joined = asyncio.run(join(house, cluster, _way_in(house, cluster, file, chosen)))
    click.echo(f"{cluster} has joined: {joined.version} at {joined.server}")
    if joined.caution:
        click.echo(f"careful: it is reached {joined.caution}", err=True)
    click.echo("see `rackhouse plan --only clusters`", err=True)


@click.command("forget")
@click.argument("cluster")
@click.pass_obj
def forget_cluster(context: Context, cluster: str) -> None:
    """Leave a cluster out of plans from now on. What is on it stays."""
    from rackhouse.operations.cluster.joining import forget

    with context.open() as house:
        forget(house, cluster)
    click.echo(f"no plan is about {cluster} any more; what is on it stays")


@click.command("list")
@click.option("--offline", is_flag=True, help="Do not ask whether they answer.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def list_clusters(context: Context, *, offline: bool, as_json: bool) -> None:
    """List the clusters: which have joined, which answer, and what of ours is there."""
    from rackhouse.cli.cluster_rows import lines
    from rackhouse.cli.rows import as_text
    from rackhouse.operations.cluster.standings import standings

    with context.open(only_read=True) as house:
        rows = asyncio.run(standings(house, ask=not offline))
    if not rows:
        click.echo("the rack file names no cluster: `clusters: {home: {}}` names one", err=True)
    click.echo(as_text(rows) if as_json else "\n".join(lines(rows)))


def _way_in(house: OpenRack, cluster: str, file: Path | None, chosen: str) -> Hidden:
    from rackhouse.kit.errors import UsageError
    from rackhouse.operations.cluster.reach import reach
    from rackhouse.operations.cluster.way_in import of_file, of_k3s

    if file is not None:
        return of_file(file.expanduser(), chosen)
    if chosen:
        raise UsageError("--context is of a file", fix="name it: --kubeconfig FILE")
    if not any(each.name == cluster and each.k3s for each in house.rack.clusters):
        what = f"{cluster} is no K3s that this rack sets up, so nobody here knows how it is reached"
        raise UsageError(what, fix="--kubeconfig FILE, with --context NAME if it has several")
    return asyncio.run(of_k3s(reach(house, cluster)))


JOINING = (add_cluster, forget_cluster, list_clusters)
