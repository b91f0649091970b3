"""Bringing the rack up in front of a person, or of a service manager: board, links, and staying."""

from __future__ import annotations

import asyncio
import signal
import sys
from contextlib import ExitStack, suppress
from functools import partial
from typing import TYPE_CHECKING

import click

from rackhouse.kit.errors import RackhouseError, Refused

if TYPE_CHECKING:
    from rackhouse.apply.open import OpenRack
    from rackhouse.cli.context import Context
    from rackhouse.operations.view import RackView


def make_ready(house: OpenRack, timeout: float) -> RackView:
    """Bring up everything that the files want, with a board, and wait until it serves.

    What was up before comes back first, whatever is wrong with a file now.
    """
    from rackhouse.cli.board import Board
    from rackhouse.delivery.dev.session import without_left
    from rackhouse.delivery.sync import judge, sync
    from rackhouse.operations.up import (
        bring_back,
        bring_up,
        has_been_up,
        local_now,
        wait_until_ready,
    )

    house = without_left(house)

    async def up() -> RackView:
        if has_been_up(house.paths):
            await bring_back(house)
        judge(house)
        with Board() as board:
            await bring_up(house, board)
            await sync(house, observer=board, now=local_now())
        return await wait_until_ready(house, timeout)

    return asyncio.run(up())


def show(seen: RackView) -> None:
    """Print the rack, as `status` does."""
    from rackhouse.cli.screen import stdout
    from rackhouse.cli.show import rack

    stdout().print(rack(seen))


def show_links(house: OpenRack) -> None:
    """Print the ways into the console, each good for one sign-in."""
    from rackhouse.cli.sign_in import sign_in_link

    click.echo(f"console  {sign_in_link(house)}")
    click.echo(f"or       {sign_in_link(house, plain=True)}")


def show_what_is_up(house: OpenRack) -> None:
    """The same of a rack of which not all could be brought up, where anything runs: what is there
    can be used, and shows what is not.
    """
    from rackhouse.operations.view import view

    seen = view(house)
    if seen.supervisor:
        show(seen)
        click.echo()
        with suppress(RackhouseError):  # the console may be what is not there
            show_links(house)


def stay_up(context: Context, timeout: float) -> None:
    """Bring it up, and keep it so until Ctrl-C or SIGTERM, which stop it: what a service runs.

    What fails is said and takes nothing else with it: neither other applications nor, where a file
    is wrong, what was up before.
    """
    from rackhouse.cli.board import stay
    from rackhouse.kit.notify import Notifier
    from rackhouse.kit.paths import Paths
    from rackhouse.operations.up import has_been_up, keep_up, resume
    from rackhouse.supervisor.client import stop

    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    manager = Notifier()
    house, paths = None, Paths(context.home) if context.home else None
    with ExitStack() as stack:
        try:
            house = stack.enter_context(context.open())
            paths = house.paths
            seen = make_ready(house, timeout)
            if sys.stdout.isatty():
                show_links(house)  # the board follows
            else:
                show(seen)  # links have no business in a log
        except KeyboardInterrupt:
            if paths is not None:
                stop(paths)
            raise
        except RackhouseError as error:
            if isinstance(error, Refused) or paths is None or not has_been_up(paths):
                raise
            click.echo(f"error: {error}", err=True)
            resume(paths)
            if house is not None and sys.stdout.isatty():
                show_what_is_up(house)
        with suppress(KeyboardInterrupt):  # from here on, to be told to end is no failure
            manager.say("READY=1")
            stay(house, partial(keep_up, paths))
    manager.say("STOPPING=1")
    click.echo("stopping")
    stop(paths)
