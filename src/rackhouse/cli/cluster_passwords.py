"""`rackhouse cluster password`."""

from __future__ import annotations

import click

from rackhouse.cli.context import Context


@click.command("password")
@click.argument("person")
@click.pass_obj
def show_password(context: Context, person: str) -> None:
    """Print what PERSON signs in to the cluster's Gitea with the first time.

    A keeper of the rack file, or `rackhouse`, its administrator.
    """
    from rackhouse.operations.cluster.accounts import password

    with context.open(only_read=True) as house:
        click.echo(password(house, person).reveal())
