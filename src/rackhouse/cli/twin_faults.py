"""`rackhouse twin cut|mend|lose|start|degrade`: bad days on demand."""

from __future__ import annotations

from collections.abc import Callable

import click

from rackhouse.cli.context import Context
from rackhouse.cli.twin import open_twin


@click.command()
@click.argument("node")
@click.pass_obj
def cut(context: Context, node: str) -> None:
    """Pull NODE's cable out of the switch."""
    from rackhouse.twin import faults

    _do(context, faults.cut, node)


@click.command()
@click.argument("node")
@click.pass_obj
def mend(context: Context, node: str) -> None:
    """Plug NODE's cable in again, as good as new."""
    from rackhouse.twin import faults

    _do(context, faults.mend, node)


@click.command()
@click.argument("node")
@click.pass_obj
def lose(context: Context, node: str) -> None:
    """Cut NODE's power. Its disk stays as it was at that moment."""
    from rackhouse.twin import faults

    _do(context, faults.lose, node)


@click.command()
@click.argument("node")
@click.pass_obj
def start(context: Context, node: str) -> None:
    """Give NODE power again, and wait until it answers."""
    from rackhouse.twin import faults

    _do(context, faults.start, node)


@click.command()
@click.argument("node")
@click.option("--rate", default="", metavar="RATE", help="At most this fast, such as 10mbit.")
@click.option("--delay", default="", metavar="TIME", help="Later by so much, such as 25ms.")
@click.option("--loss", type=click.IntRange(0, 100), default=0, help="Percent that gets lost.")
@click.pass_obj
def degrade(context: Context, node: str, rate: str, delay: str, loss: int) -> None:
    """Slow down, delay or lose some of what NODE receives. `mend` undoes it."""
    from rackhouse.twin import faults

    if not (rate or delay or loss):
        raise click.UsageError("say how: --rate 10mbit, --delay 25ms, --loss 20")
    _do(context, faults.degrade, node, rate=rate, delay=delay, loss=loss)


def _do(context: Context, what: Callable[..., None], node: str, **how: object) -> None:
    home, state = open_twin(context)
    with home.lock(f"rackhouse twin {what.__name__}"):
        what(home, state, node, **how)


COMMANDS = (cut, mend, lose, start, degrade)
