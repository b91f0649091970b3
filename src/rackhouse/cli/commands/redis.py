"""`rackhouse redis`."""

from __future__ import annotations

import asyncio
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from rackhouse.cli.behind import PassesOn
from rackhouse.cli.context import Context
from rackhouse.kit.errors import Refused, Unavailable, UsageError

if TYPE_CHECKING:
    from rackhouse.operations.credentials import Login

EPILOG = """
\b
Examples:
  rackhouse redis guestbook -- GET guestbook.visits:visits
  rackhouse redis guestbook              commands line by line
  rackhouse redis -- INFO memory         as the administrator
"""


@click.command(cls=PassesOn, epilog=EPILOG, context_settings={"ignore_unknown_options": True})
@click.option("--need", help="Which Redis, when APPLICATION has several.")
@click.argument("application", required=False, default="")
@click.argument("argv", metavar="[-- COMMAND...]", nargs=-1, type=click.UNPROCESSED)
@click.pass_obj
def command(context: Context, need: str | None, application: str, argv: tuple[str, ...]) -> None:
    """Talk to APPLICATION's Redis, as the application, here or on its cluster."""
    from rackhouse.cli.elsewhere import cache_there, cluster_of
    from rackhouse.operations.credentials import cache
    from rackhouse.operations.up import require_up

    with context.open(only_read=True) as house:
        if cluster := cluster_of(house, application):
            with cache_there(house, application, cluster, need) as login:
                _talk(login, argv)
            return
        require_up(house.paths)
        login = asyncio.run(cache(house, application, need))
    _talk(login, argv)


def _talk(login: Login, argv: tuple[str, ...]) -> None:
    import redis

    client = redis.Redis(
        host=login.host,
        port=int(login.port),
        username=login.user,
        password=login.password,
        decode_responses=True,
    )
    client.response_callbacks.clear()  # as Redis says it, and not as Python objects
    with client:
        if argv:
            with _understandable(login.scope):
                click.echo(_answer(client.execute_command(*argv)))
            return
        click.echo(f"keys begin with {login.scope}" if login.scope else "as the administrator")
        while line := click.prompt(">", prompt_suffix=" ", default="", show_default=False):
            try:
                click.echo(_answer(client.execute_command(*shlex.split(line))))
            except (redis.RedisError, ValueError) as error:
                click.echo(f"(error) {error}")


@contextmanager
def _understandable(prefix: str) -> Iterator[None]:
    """What Redis answers to a command that it does not take, as an error with a fix."""
    import redis

    try:
        yield
    except redis.exceptions.NoPermissionError as error:
        fix = f"keys of this application begin with {prefix}"
        raise Refused(f"Redis says: {error}", fix=fix) from None
    except redis.exceptions.ResponseError as error:
        fix = "try `rackhouse redis -- COMMAND DOCS NAME`"
        raise UsageError(f"Redis says: {error}", fix=fix) from None
    except redis.exceptions.ConnectionError as error:
        raise Unavailable("Redis does not answer", fix="see `rackhouse status`") from error


def _answer(value: object) -> str:
    if isinstance(value, list):
        return "\n".join(f"{n}) {_answer(item)}" for n, item in enumerate(value, 1)) or "(empty)"
    return "(nil)" if value is None else str(value).rstrip("\r\n")
