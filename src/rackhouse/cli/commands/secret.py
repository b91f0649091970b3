"""`rackhouse secret`."""

from __future__ import annotations

import asyncio
import sys

import click

from rackhouse.cli.context import Context

EPILOG = """
\b
Examples:
  rackhouse secret set guestbook stripe            asks for the value, unseen
  pass stripe | rackhouse secret set guestbook stripe
  rackhouse secret list guestbook
  rackhouse secret unset guestbook stripe
"""


@click.group(epilog=EPILOG)
def command() -> None:
    """Set, list and unset secrets of an application. Values are never printed."""


@command.command("set")
@click.argument("application")
@click.argument("name")
@click.pass_obj
def set_secret(context: Context, application: str, name: str) -> None:
    """Set NAME for APPLICATION; the value comes from standard input or a prompt.

    score.yaml asks for it by `resources: {NAME: {type: secret}}` and reads it as
    `${resources.NAME.value}`. A running application restarts with the new value.
    """
    from datetime import UTC, datetime

    from rackhouse.cli.board import Board
    from rackhouse.delivery.releases import live
    from rackhouse.delivery.secrets import set_secret
    from rackhouse.operations.up import require_up

    if sys.stdin.isatty():
        value = click.prompt("Value", hide_input=True)
    else:
        value = sys.stdin.read().rstrip("\n")
    with context.open() as house, Board() as board:
        if live(house.store, application) is not None:
            require_up(house.paths)
        asyncio.run(
            set_secret(house, application, name, value, observer=board, now=datetime.now(UTC))
        )
    click.echo(f"{application} has the secret {name}")


@command.command("unset")
@click.argument("application")
@click.argument("name")
@click.pass_obj
def unset_secret(context: Context, application: str, name: str) -> None:
    """Forget NAME of APPLICATION. Refused while its file still asks for it."""
    from rackhouse.delivery.secrets import unset_secret

    with context.open() as house:
        unset_secret(house, application, name)
    click.echo(f"{application} no longer has the secret {name}")


@command.command("list")
@click.argument("application", required=False)
@click.pass_obj
def list_secrets(context: Context, application: str | None) -> None:
    """List the names of secrets."""
    from rackhouse.delivery.secrets import list_secrets

    with context.open() as house:
        for name in list_secrets(house, application):
            click.echo(name)
