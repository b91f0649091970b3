"""`rackhouse token`."""

from __future__ import annotations

import getpass
import time
from pathlib import Path

import click

from rackhouse.cli.context import Context
from rackhouse.cli.forge import GIT_TOKEN, open_forge, sign_git_in
from rackhouse.cli.rows import as_text

EPILOG = """
\b
Examples:
  rackhouse token git                             git on this machine needs no password
  rackhouse token create laptop                   prints the token, once
  rackhouse token create ci --scope read --for 'web-*' --expires 90d
  rackhouse token list
  rackhouse token revoke 3
"""


@click.group(epilog=EPILOG)
def command() -> None:
    """Make, list and revoke the access tokens that git shows as its password."""


@command.command("create")
@click.argument("title")
@click.option("--scope", type=click.Choice(["read", "write", "admin"]), default="write")
@click.option("--for", "patterns", multiple=True, default=["*"], help="Repositories: 'web-*'.")
@click.option("--expires", help="After how long it ends: 90d. [default: never]")
@click.option("--person", default="owner", show_default=True, help="Whose it is.")
@click.pass_obj
def create_token(
    context: Context, /, scope: str, patterns: tuple[str, ...], expires: str | None, **who: str
) -> None:
    """Make a token. It is printed now and never again."""
    from rackhouse.delivery.access import create_token, lifetime
    from rackhouse.store.forge import Scope

    now = time.time()
    until = now + lifetime(expires) if expires else None
    with open_forge(context) as (_, forge):
        _, text = create_token(
            forge, scope=Scope(scope), repositories=patterns, expires=until, now=now, **who
        )
    click.echo(text.reveal())


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def list_tokens(context: Context, as_json: bool) -> None:
    """List tokens: what they open, and when they were used last."""
    from rackhouse.delivery.access import described

    with open_forge(context) as (_, forge):
        rows = forge.tokens()
    if as_json:
        click.echo(as_text(rows, without=("digest",)))
        return
    for row in rows:
        click.echo(f"{row.id:<4} {described(row, time.time())}")


@command.command("revoke")
@click.argument("numbers", metavar="NUMBER...", type=int, nargs=-1, required=True)
@click.pass_obj
def revoke_tokens(context: Context, numbers: tuple[int, ...]) -> None:
    """Forget tokens, by their numbers in the list."""
    from rackhouse.delivery.access import revoke

    with open_forge(context) as (_, forge):
        for number in numbers:
            row = revoke(forge, number, by=getpass.getuser(), now=time.time())
            click.echo(f"token {number} ({row.title}) opens nothing any more")


@command.command("git")
@click.option("--forget", "forgets", is_flag=True, help="Take it back.")
@click.pass_obj
def sign_in(context: Context, forgets: bool) -> None:
    """Let git on this machine push without a password, for this user and this rack."""
    from rackhouse.delivery.access import revoke_titled
    from rackhouse.operations.git import forget

    with open_forge(context) as (house, forge):
        if not forgets:
            sign_git_in(house, forge, Path.home(), time.time())
            return
        forget(Path.home(), house)
        revoke_titled(forge, GIT_TOKEN, by=getpass.getuser(), now=time.time())
    click.echo("git asks for a password again")
