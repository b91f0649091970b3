"""`rackhouse dev` in front of a person: its log on the terminal until Ctrl-C, then it is gone."""

from __future__ import annotations

import asyncio
import signal
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

import click

from rackhouse.apply.outcome import Silent
from rackhouse.cli.board import Board
from rackhouse.delivery.dev.session import close, develop
from rackhouse.operations.logs import follow

if TYPE_CHECKING:
    from pathlib import Path

    from rackhouse.apply.open import OpenRack


def clear(house: OpenRack, name: str) -> None:
    """Delete what is there of it."""
    asyncio.run(close(house, name, Silent(), purge=True))
    click.echo(f"{name} and its data are gone")


def stay(house: OpenRack, name: str, folder: Path) -> None:
    """Run it until Ctrl-C or SIGTERM, or until it was removed elsewhere. Its data stays."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a script's background ignores it
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        with suppress(KeyboardInterrupt):  # to be told to end is no failure
            asyncio.run(_run(house, name, folder))
    finally:
        asyncio.run(close(house, name, Silent(), purge=False))
    click.echo(f"{name} has ended; its data stays for the next time")


async def _run(house: OpenRack, name: str, folder: Path) -> None:
    log = asyncio.ensure_future(_show_log(house, name))
    try:
        with Board() as board:
            work = develop(house, name, folder, observer=board, say=partial(_say, house, name))
            await work
    finally:
        log.cancel()


async def _show_log(house: OpenRack, name: str) -> None:
    async for line in follow(house.paths, (name,), 0, patient=True):
        click.secho(line.unit, fg="cyan", nl=False)
        click.echo(f"  {line.text}")


def _say(house: OpenRack, name: str, text: str) -> None:
    """What has become of it, with where it is reached where that is the news."""
    from rackhouse.operations.view import view

    app = view(house).application(name)
    ways = f": {app.url} or {app.plain}" if app is not None and text.startswith("live") else ""
    click.secho(f"{name} is {text}{ways}" if ways else text, bold=True)
