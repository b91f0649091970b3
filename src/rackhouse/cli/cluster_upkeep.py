"""The commands of `rackhouse cluster` that are needed once in a while."""

from __future__ import annotations

import click

from rackhouse.cli.clusters import asked, which
from rackhouse.cli.context import Context


@click.command("rotate")
@which
@click.pass_obj
def rotate_certificates(context: Context, name: str) -> None:
    """Renew the certificates: each node stopped and started, one at a time, servers first."""
    from rackhouse.operations.cluster.upkeep import rotate

    asked(context, name, lambda to: rotate(to, click.echo))


@click.command("snapshot")
@which
@click.argument("label", default="on-demand")
@click.pass_obj
def save_snapshot(context: Context, label: str, name: str) -> None:
    """Save the cluster's state on a server: etcd's snapshot, or a copy of SQLite."""
    from rackhouse.operations.cluster.upkeep import snapshot

    server, said = asked(context, name, lambda to: snapshot(to, label))
    click.echo(f"{server}: {said.strip()}")


@click.command("registry")
@which
@click.argument("host")
@click.pass_obj
def set_password(context: Context, host: str, name: str) -> None:
    """Give the password of a registry that nodes sign in to, on standard input or when asked."""
    from rackhouse.cli.passphrase import ask_value
    from rackhouse.operations.cluster.reach import reach
    from rackhouse.operations.cluster.registry import give_password

    with context.open() as house:
        give_password(reach(house, name), host, ask_value())
    click.echo(f"from the next apply on, nodes sign in to {host} with it")


UPKEEP = (rotate_certificates, save_snapshot, set_password)
