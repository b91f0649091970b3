"""`rackhouse psql`."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import click

from rackhouse.cli.behind import PassesOn
from rackhouse.cli.context import Context

EPILOG = """
\b
Examples:
  rackhouse psql guestbook
  rackhouse psql guestbook -- -c 'SELECT count(*) FROM entry'
  rackhouse psql                        as the administrator
"""


@click.command(cls=PassesOn, epilog=EPILOG, context_settings={"ignore_unknown_options": True})
@click.option("--need", help="Which database, when APPLICATION has several.")
@click.argument("application", required=False, default="")
@click.argument("argv", metavar="[-- PSQL OPTIONS...]", nargs=-1, type=click.UNPROCESSED)
@click.pass_obj
def command(context: Context, need: str | None, application: str, argv: tuple[str, ...]) -> None:
    """Open psql on APPLICATION's database, as the application."""
    from rackhouse.kit.process import become
    from rackhouse.operations.credentials import database
    from rackhouse.operations.up import require_up

    with context.open(only_read=True) as house:
        require_up(house.paths)
        login = asyncio.run(database(house, application, need))
        program = Path(house.facts.tools.postgres_bin) / "psql"
    # By environment: a command line can be read by everybody on this machine.
    connection = {
        "PGHOST": login.host,
        "PGPORT": login.port,
        "PGUSER": login.user,
        "PGPASSWORD": login.password,
        "PGDATABASE": login.scope or "postgres",
    }
    become([str(program), *argv], env={**os.environ, **connection})
