"""`rackhouse secret`."""

from __future__ import annotations

import asyncio

import click

from rackhouse.cli.context import Context
from rackhouse.cli.forge import open_forge
from rackhouse.cli.passphrase import ask_value

EPILOG = """
\b
Examples:
  rackhouse secret set guestbook stripe            asks for the value, unseen
  pass stripe | rackhouse secret set guestbook stripe
  rackhouse secret list guestbook
  rackhouse secret unset guestbook stripe
  rackhouse secret set --runs guestbook NPM_TOKEN  for workflows: ${{ secrets.NPM_TOKEN }}
"""
_runs = click.option("--runs", is_flag=True, help="Of a repository, for its workflows.")


@click.group(epilog=EPILOG)
def command() -> None:
    """Set, list and unset secrets. Values are never printed."""


@command.command("set")
@click.argument("application")
@click.argument("name")
@_runs
@click.pass_obj
def set_secret(context: Context, application: str, name: str, runs: bool) -> None:
    """Set NAME for APPLICATION; the value comes from standard input or a prompt.

    score.yaml asks for it by `resources: {NAME: {type: secret}}` and reads it as
    `${resources.NAME.value}`. A running application restarts with the new value.
    """
    from datetime import UTC, datetime

    from rackhouse.cli.board import Board
    from rackhouse.delivery.releases import live
    from rackhouse.delivery.secrets import set_secret
    from rackhouse.operations.up import require_up

    value = ask_value()
    if runs:
        from rackhouse.delivery.runs.secrets import give

        with open_forge(context) as (house, forge):
            give(house.store, forge, application, name, value)
        click.echo(f"runs of {application} have the secret {name.upper()}")
        return
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
@_runs
@click.pass_obj
def unset_secret(context: Context, application: str, name: str, runs: bool) -> None:
    """Forget NAME of APPLICATION. Refused while its file still asks for it."""
    from rackhouse.delivery.runs.secrets import forget
    from rackhouse.delivery.secrets import unset_secret

    with context.open() as house:
        if runs:
            forget(house.store, application, name)
        else:
            unset_secret(house, application, name)
    click.echo(f"{application} no longer has the secret {name}")


@command.command("list")
@click.argument("application", required=False)
@_runs
@click.pass_obj
def list_secrets(context: Context, application: str | None, runs: bool) -> None:
    """List the names of secrets."""
    from rackhouse.delivery.runs.secrets import names
    from rackhouse.delivery.secrets import list_secrets

    with context.open() as house:
        if runs:
            its = [pair for pair in names(house.store) if application in {None, pair[0]}]
            found = [".".join(pair) for pair in its]
        else:
            found = list(list_secrets(house, application))
    for name in found:
        click.echo(name)
