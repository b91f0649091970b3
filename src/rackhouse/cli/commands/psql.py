"""`rackhouse psql`."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rackhouse.cli.behind import PassesOn
from rackhouse.cli.context import Context

if TYPE_CHECKING:
    from rackhouse.operations.credentials import Login

EPILOG = """
\b
Examples:
  rackhouse psql guestbook
  rackhouse psql guestbook -- -c 'SELECT count(*) FROM entry'
  rackhouse psql                        as the administrator
  rackhouse psql --dump guestbook > guestbook.sql     and, where it moved to a cluster since:
  rackhouse psql guestbook < guestbook.sql
"""
# What another place says by itself: who owns it, who may what, what the server is extended by.
_WITHOUT = ("--no-owner", "--no-privileges", "--exclude-extension=*")


@click.command(cls=PassesOn, epilog=EPILOG, context_settings={"ignore_unknown_options": True})
@click.option("--need", help="Which database, when APPLICATION has several.")
@click.option("--dump", is_flag=True, help="Write its tables and rows as SQL instead.")
@click.argument("application", required=False, default="")
@click.argument("argv", metavar="[-- PSQL OPTIONS...]", nargs=-1, type=click.UNPROCESSED)
@click.pass_obj
def command(
    context: Context, need: str | None, dump: bool, application: str, argv: tuple[str, ...]
) -> int:
    """Open psql on APPLICATION's database, as the application, here or on its cluster."""
    from rackhouse.cli.elsewhere import cluster_of, database_there
    from rackhouse.kit.process import accompany, become
    from rackhouse.operations.credentials import database
    from rackhouse.operations.up import require_up

    with context.open(only_read=True) as house:
        words = ("pg_dump", *_WITHOUT) if dump else ("psql",)
        program = [str(Path(house.facts.tools.postgres_bin) / words[0]), *words[1:], *argv]
        if cluster := cluster_of(house, application):
            with database_there(house, application, cluster, need) as login:
                return accompany(program, env={**os.environ, **_connection(login)})
        require_up(house.paths)
        login = asyncio.run(database(house, application, need))
    return become(program, env={**os.environ, **_connection(login)})


def _connection(login: Login) -> dict[str, str]:
    """By environment: a command line can be read by everybody on this machine."""
    return {
        "PGHOST": login.host,
        "PGPORT": login.port,
        "PGUSER": login.user,
        "PGPASSWORD": login.password,
        "PGDATABASE": login.scope or "postgres",
    }
