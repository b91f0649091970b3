"""`rackhouse hosts`."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from rackhouse.cli.context import Context

EPILOG = """
\b
Examples:
  rackhouse hosts seed pi-1 --out /media/me/bootfs   what a fresh card is told at its first start
  rackhouse hosts add pi-1                           shows its host key, asks, and pins it
  rackhouse hosts add pi-1 --at ada@192.168.1.20     where it is now, and who may become root
  rackhouse hosts list                               the nodes, and which have joined
  rackhouse plan --only hosts
  rackhouse hosts forget pi-1                        what is on it stays
  rackhouse hosts key >> ~/.ssh/authorized_keys      on a machine that runs already
"""


@click.group(epilog=EPILOG)
def command() -> None:
    """Let the machines of the rack file join, so that plans are about them."""


@command.command("add")
@click.argument("node")
@click.option("--at", default="", metavar="[USER@]HOST[:PORT]", help="[default: pi@ADDRESS]")
@click.option("--key", type=click.Path(exists=True, resolve_path=True), help="Not the rack's own.")
@click.option("--host-key", default="", help="What `hosts add` would ask about: a public key.")
@click.option("-y", "--yes", is_flag=True, help="Trust the host key that it shows, unseen.")
@click.pass_obj
def add(
    context: Context, /, *, node: str, at: str, key: str | None, host_key: str, yes: bool
) -> None:
    """Let a machine join: its host key is pinned, and its account has to become root."""
    from rackhouse.cli.joining import asks
    from rackhouse.operations.hosts.join import address_of, join

    with context.open() as house:
        address = address_of(house, node, at, key or "").pinned(host_key)
        address = asyncio.run(join(house, node, address, asks(yes=yes)))
    click.echo(f"{node} has joined as {address}; see `rackhouse plan --only hosts`")


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def list_hosts(context: Context, as_json: bool) -> None:
    """List the nodes of the rack file, and how those that have joined are reached."""
    from rackhouse.cli.joining import as_json_text, lines

    with context.open(only_read=True) as house:
        click.echo(as_json_text(house) if as_json else "\n".join(lines(house)))


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
    from rackhouse.operations.hosts import first_start

    with context.open() as house:
        files = first_start.seed_of(house, node)
    if out is None:
        for name, text in files.items():
            click.echo(f"--- {name}\n{text}", nl=False)
        return
    first_start.write_seed(files, out, force=force)
    click.echo(f"wrote {', '.join(files)} to {out}: put the card into {node} and switch it on")
