"""`rackhouse hosts`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import click

from rackhouse.cli.context import Context
from rackhouse.cli.waking import wake_host

EPILOG = """
\b
Examples:
  rackhouse hosts seed pi-1 --out /media/me/bootfs   what a fresh card is told at its first start
  rackhouse hosts add pi-1                           shows its host key, asks, and pins it
  rackhouse hosts add pi-1 --at ada@192.168.1.20     where it is now, and who may become root
  rackhouse hosts add pi-1 --at ada@pi --password    the first way in; the rack's key is put there
  rackhouse hosts list                               the nodes, and which have joined
  rackhouse hosts wake forge                         sends it a packet, waits until it answers
  rackhouse hosts forget pi-1                        what is on it stays
  rackhouse hosts key >> ~/.ssh/authorized_keys      on a machine that runs already
"""


@click.group(epilog=EPILOG)
def command() -> None:
    """Let the machines of the rack file join, so that plans are about them."""


command.add_command(wake_host)


@command.command("add")
@click.argument("node")
@click.option("--at", default="", metavar="[USER@]HOST[:PORT]", help="[default: pi@ADDRESS]")
@click.option("--key", type=click.Path(exists=True, resolve_path=True), help="Not the rack's own.")
@click.option("--host-key", default="", help="What `hosts add` would ask about: a public key.")
@click.option("-y", "--yes", is_flag=True, help="Trust the host key that it shows, unseen.")
@click.option("--password", is_flag=True, help="Ask for one, or read it; puts our key there.")
@click.option("--agent", is_flag=True, help="The same by ssh-agent, or this account's keys.")
@click.pass_obj
def add(context: Context, /, **words: Any) -> None:
    """Let a machine join: its host key is pinned, and its account has to become root."""
    from rackhouse.cli.joining import add_host

    add_host(context, **words)


@command.command("list")
@click.option("--offline", is_flag=True, help="Do not ask whether they answer.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def list_hosts(context: Context, *, offline: bool, as_json: bool) -> None:
    """List the nodes: how those that have joined are reached, and which answer now."""
    from rackhouse.cli.joining import lines
    from rackhouse.cli.rows import as_text
    from rackhouse.operations.hosts.roll_call import roll_call

    with context.open(only_read=True) as house:
        rows = asyncio.run(roll_call(house.rack, house.store, ask=not offline))
    click.echo(as_text(rows) if as_json else "\n".join(lines(rows)))


@command.command("forget")
@click.argument("node")
@click.pass_obj
def forget_host(context: Context, node: str) -> None:
    """Leave a machine out of plans from now on. What is on it stays."""
    from rackhouse.operations.hosts.join import forget

    with context.open() as house:
        forget(house, node)
    click.echo(f"no plan is about {node} any more; what is on it stays")


@command.command("key")
@click.pass_obj
def show_key(context: Context) -> None:
    """Print the rack's public SSH key, for a machine's authorized_keys."""
    from rackhouse.operations.hosts.key import public_key

    with context.open() as house:
        click.echo(public_key(house.store, house.rack.name))


@command.command("seed")
@click.argument("node")
@click.option("--out", type=click.Path(path_type=Path), help="Folder: the card's first partition.")
@click.option("--force", is_flag=True, help="Also over another node's.")
@click.pass_obj
def write_seed(context: Context, node: str, out: Path | None, force: bool) -> None:
    """Write what cloud-init reads at the first start: name, account, key, address."""
    from rackhouse.cli.joining import seed_host

    seed_host(context, node, out, force=force)
