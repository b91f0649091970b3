"""`rackhouse hosts`."""

from __future__ import annotations

from pathlib import Path

import click

from rackhouse.cli.context import Context

EPILOG = """
\b
Examples:
  rackhouse hosts seed pi-1 --out /media/me/bootfs   what a fresh card is told at its first start
  rackhouse hosts key >> ~/.ssh/authorized_keys      on a machine that runs already
"""


@click.group(epilog=EPILOG)
def command() -> None:
    """Make the machines of the rack file ready to be reached."""


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
