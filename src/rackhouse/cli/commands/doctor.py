"""`rackhouse doctor`."""

from __future__ import annotations

import click

from rackhouse.cli.context import Context

EPILOG = """
\b
Examples:
  rackhouse doctor
  rackhouse doctor --cluster home        a cluster that has joined: nodes, pods, disks, certificates
  rackhouse doctor pi-1 pi-2             machines that joined, side by side, and what is wrong
  rackhouse doctor pi-1 pi-2 --between   and the line between them: some seconds of full load
"""


@click.command(epilog=EPILOG)
@click.argument("nodes", nargs=-1, metavar="[NODE]...")
@click.option("--between", is_flag=True, help="Also the lines between NODES of one VLAN.")
@click.option("--cluster", "clusters", multiple=True, help="That cluster alone; again for more.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def command(
    context: Context,
    nodes: tuple[str, ...],
    *,
    between: bool,
    clusters: tuple[str, ...],
    as_json: bool,
) -> int:
    """Measure this machine (disk, memory, ports, clock, ...) and the clusters that have joined, or
    NODEs, and say what to mend.

    Exit code 7 when something would keep a rack, or K3s, from working.
    """
    from rackhouse.cli.examination import examine_clusters, examine_here, examine_nodes

    if nodes:
        return examine_nodes(context, nodes, between=between, as_json=as_json)
    if between:
        raise click.UsageError("--between is about machines: name two or more")
    if clusters:
        return examine_clusters(context, clusters, as_json=as_json)
    return examine_here(context, as_json=as_json)
