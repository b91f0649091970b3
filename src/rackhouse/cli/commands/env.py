"""`rackhouse env`."""

from __future__ import annotations

import asyncio

import click

from rackhouse.cli.context import Context

EPILOG = """
\b
Examples:
  rackhouse env set guestbook GREETING=hello COLOUR=blue
  rackhouse env unset guestbook GREETING
  rackhouse env list guestbook
"""


@click.group(epilog=EPILOG)
def command() -> None:
    """Set variables of an application over what its file says. Each change is a release."""


@command.command("set")
@click.argument("application")
@click.argument("assignments", metavar="KEY=VALUE...", nargs=-1, required=True)
@click.pass_obj
def set_env(context: Context, application: str, assignments: tuple[str, ...]) -> None:
    """Set KEY to VALUE; a running application restarts with it."""
    _change(context, application, dict(map(_assignment, assignments)))


@command.command("unset")
@click.argument("application")
@click.argument("keys", metavar="KEY...", nargs=-1, required=True)
@click.pass_obj
def unset_env(context: Context, application: str, keys: tuple[str, ...]) -> None:
    """Go back to what the file says of KEY."""
    _change(context, application, dict.fromkeys(keys))


@command.command("list")
@click.argument("application")
@click.pass_obj
def list_env(context: Context, application: str) -> None:
    """List what was set here."""
    from rackhouse.delivery.env import overrides

    with context.open() as house:
        for key, value in overrides(house, application).items():
            click.echo(f"{key}={value}")


def _change(context: Context, application: str, changes: dict[str, str | None]) -> None:
    from datetime import UTC, datetime

    from rackhouse.cli.board import Board
    from rackhouse.delivery.env import change_env, overrides
    from rackhouse.operations.up import require_up

    with context.open() as house, Board() as board:
        overrides(house, application)  # Missing when there is none
        require_up(house.paths)
        done = asyncio.run(
            change_env(house, application, changes, observer=board, now=datetime.now(UTC))
        )
    click.echo(str(done))


def _assignment(text: str) -> tuple[str, str | None]:
    key, equals, value = text.partition("=")
    if not equals or not key.isidentifier():
        raise click.BadParameter(f"{text!r} is not KEY=VALUE")
    return key, value
