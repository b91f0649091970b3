"""`rackhouse what-if`."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rackhouse.cli.context import Context

if TYPE_CHECKING:
    from rackhouse.rack.whatif import Loss, Report

EPILOG = """
\b
Examples:
  rackhouse what-if                              what runs, fits, draws and costs today
  rackhouse what-if --each                       what the loss of each single machine stops
  rackhouse what-if --without pi-1 --without pi-2
  rackhouse what-if --without gpu                every graphics card; gpu:forge is that one's
  rackhouse what-if --without link:3             the cable in port 3 of the switch
  rackhouse what-if --add "pi-5=rpi5-8gb,disk=nvme,price=95 EUR"
  rackhouse what-if --each --html what-if.html   a page with a picture
"""


@click.command("what-if", epilog=EPILOG)
@click.option("--without", "lost", multiple=True, metavar="NODE|gpu|link:PORT|switch",
              help="Take this away. Again for more.")  # fmt: skip
@click.option("--add", "added", multiple=True, metavar="NAME=BOARD[,KEY=VALUE...]",
              help="Add this machine; keys as in the rack file. Again for more.")  # fmt: skip
@click.option("--each", is_flag=True, help="Lose each machine in turn, and the switch.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False),
              help="Write a page with a picture to this file.")  # fmt: skip
@click.pass_obj
def command(
    context: Context,
    *,
    lost: tuple[str, ...],
    added: tuple[str, ...],
    each: bool,
    as_json: bool,
    html: Path | None,
) -> None:
    """Say what stops, what goes on, what fits and what it costs when the rack changes.

    From the rack file alone: nothing is asked, and nothing is changed.
    """
    from rackhouse.apply.open import read_rack
    from rackhouse.rack.whatif import losses, report
    from rackhouse.rack.whatif.words import change

    rack = read_rack(context.rack_file)
    found = report(rack, change(rack, lost, added))
    singly = losses(rack) if each else ()
    if html is not None:
        _write(html, found, singly)
    if as_json:
        click.echo(_json(found, singly))
    elif html is None:
        _show(found, singly, each=bool(singly) and not lost and not added)


def _show(found: Report, singly: tuple[Loss, ...], *, each: bool) -> None:
    from rackhouse.cli import what_if
    from rackhouse.cli.screen import stdout

    screen = stdout()
    if singly:
        screen.print(what_if.losses(singly, len(found.after.standings)))
    if not each:
        screen.print(what_if.show(found))


def _json(found: Report, singly: tuple[Loss, ...]) -> str:
    from rackhouse.cli.what_if import plain

    return json.dumps({**plain(found), "each": [asdict(loss) for loss in singly]}, indent=2)


def _write(file: Path, found: Report, singly: tuple[Loss, ...]) -> None:
    from rackhouse.kit.errors import HostError
    from rackhouse.rack.whatif.page import page

    try:
        file.write_text(page(found, singly), encoding="utf-8")
    except OSError as error:
        fix = "name a file in a folder that you can write to"
        raise HostError(f"{file} cannot be written: {error.strerror}", fix=fix) from None
    click.echo(f"wrote {file}", err=True)
