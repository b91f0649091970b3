"""`rackhouse cluster`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from rackhouse.cli.cluster_adopting import adopt_things
from rackhouse.cli.cluster_following import follow_repository
from rackhouse.cli.cluster_joining import JOINING
from rackhouse.cli.cluster_passwords import show_password
from rackhouse.cli.cluster_upkeep import UPKEEP
from rackhouse.cli.clusters import asked, show_kubeconfig, show_nodes, which
from rackhouse.cli.context import Context

EPILOG = """
\b
Examples:
  rackhouse cluster add home                      K3s that the rack set up is part of plans
  rackhouse cluster add lab --kubeconfig ~/.kube/config --context lab    one of somebody's
  rackhouse cluster adopt kube.lab/Service/hello.web    what was made by hand is the rack's
  rackhouse cluster list                          which answer, and what of ours is there
  rackhouse cluster kubeconfig                    into a file of the rack's own; prints where
  rackhouse cluster kubeconfig -o ~/.kube/config  beside what that has already
  rackhouse cluster drain pi-2                    before its card is changed; then: uncordon
  rackhouse cluster snapshot before-the-move
  rackhouse cluster follow --once    pull requests of the rack file are planned, merges applied
  rackhouse cluster password ada     with what a keeper signs in to Gitea the first time
  rackhouse cluster rotate                        certificates, one node at a time
"""


@click.group(epilog=EPILOG)
def command() -> None:
    """Let clusters join, so that plans are about them, and look after those of K3s."""


@command.command("kubeconfig")
@which
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Another file than our own.")
@click.option("--renew", is_flag=True, help="Fetch it also where it is good for 30 days.")
@click.pass_obj
def fetch_kubeconfig(context: Context, name: str, output: Path | None, renew: bool) -> None:
    """Have a file lead to the cluster, as kubectl reads it: `export KUBECONFIG=FILE`."""
    from rackhouse.operations.cluster.kubeconfig import DAYS, kubeconfig, own_file

    now = datetime.now(UTC)
    done = asked(context, name, lambda to: kubeconfig(to, output or own_file(to), now, anew=renew))
    show_kubeconfig(done, DAYS)


@command.command("nodes")
@which
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def list_nodes(context: Context, name: str, as_json: bool) -> None:
    """List who is in, with version, whether it is ready, and whether it takes work."""
    from rackhouse.operations.cluster.nodes import nodes

    show_nodes(asked(context, name, nodes), as_json=as_json)


@command.command("drain")
@which
@click.argument("node")
@click.pass_obj
def drain_node(context: Context, node: str, name: str) -> None:
    """Give away what runs on NODE. It takes no more work until `uncordon`."""
    from rackhouse.operations.cluster.nodes import drain

    click.echo(asked(context, name, lambda to: drain(to, node)), nl=False)


@command.command("uncordon")
@which
@click.argument("node")
@click.pass_obj
def uncordon_node(context: Context, node: str, name: str) -> None:
    """Let NODE take work again."""
    from rackhouse.operations.cluster.nodes import uncordon

    click.echo(asked(context, name, lambda to: uncordon(to, node)), nl=False)


for each in (*JOINING, *UPKEEP, adopt_things, follow_repository, show_password):
    command.add_command(each)
