"""`rackhouse twin`."""

from __future__ import annotations

import click

from rackhouse.cli import twin_faults, twin_rootfs, twin_show
from rackhouse.cli.context import Context
from rackhouse.cli.twin import home_of, open_twin, rack_of
from rackhouse.cli.twin_root import make_as_root

EPILOG = """
\b
Examples:
  rackhouse twin root                  once: the root file system that nodes share
  rackhouse twin up                    the rack's twin, in seconds
  rackhouse twin matrix                who reaches whom, by real packets
  rackhouse twin shell pi-1
  rackhouse twin lose pi-2             as if its power were cut; `start` brings it back
  rackhouse twin down                  nothing of it is left
  sudo rackhouse twin up --systemd all with services: what `apply --only twin` needs

An ordinary account has its twin in a user namespace, root has its own: with sudo, then all with
sudo.
"""
_SWITCHES = click.Choice(["kernel", "openvswitch", "plain"])


@click.group(epilog=EPILOG)
def command() -> None:
    """The whole rack on this machine, in network namespaces, to rehearse on. Linux alone."""


for each in (twin_rootfs.make_root, *twin_show.COMMANDS, *twin_faults.COMMANDS):
    command.add_command(each)


@command.command("up")
@click.option(
    "--systemd", multiple=True, metavar="NODE", help="This node boots systemd; `all`: each."
)
@click.option("--switch", "kind", type=_SWITCHES, help="Of what.")
@click.pass_obj
def bring_up(context: Context, systemd: tuple[str, ...], kind: str | None) -> None:
    """Make the twin; return when every node answers SSH."""
    from rackhouse.twin import lifecycle, rootfs
    from rackhouse.twin.switch.model import Kind
    from rackhouse.twin.untested import untested

    make_as_root(context)
    wish = Kind(kind) if kind else None
    root, rack = rootfs.require(), rack_of(context)
    if "all" in systemd:
        systemd = tuple(node.name for node in rack.nodes)
    home = home_of(context)
    state = lifecycle.up(home, rack, root, systemd=systemd, kind=wish)
    click.echo(f"{len(state.layout.machines)} nodes are up; switch: {state.switch.words}")
    for what in untested(home, state, rack):
        click.echo(f"not tested here: {what}")


@command.command("down")
@click.pass_obj
def take_down(context: Context) -> None:
    """Remove all of it, whatever was killed half-way."""
    from rackhouse.twin.lifecycle import down

    make_as_root(context)
    click.echo("gone" if down(home_of(context)) else "there is no twin")


@command.command("run", context_settings={"ignore_unknown_options": True})
@click.argument("node")
@click.argument("argv", metavar="-- COMMAND...", nargs=-1, required=True, type=click.UNPROCESSED)
@click.pass_obj
def run_in(context: Context, node: str, argv: tuple[str, ...]) -> None:
    """Run a command on NODE, as root."""
    from rackhouse.kit.process import become
    from rackhouse.twin.node import enter, environment

    home, state = open_twin(context)
    become(enter(home, state.layout.machine(node).name, argv), env=environment())


@command.command("shell")
@click.argument("node")
@click.pass_context
def shell(ctx: click.Context, node: str) -> None:
    """Open a shell on NODE, as root."""
    ctx.invoke(run_in, node=node, argv=("bash", "-l"))
