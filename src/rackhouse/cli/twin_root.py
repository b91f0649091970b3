"""An ordinary account becomes root of its twin: a command goes on in the twin's user namespace."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from rackhouse.cli.context import Context
from rackhouse.kit.errors import Missing

_MAIN = "from rackhouse.cli.main import main; main()"


def as_root(context: Context) -> None:
    """Return as root; else become the same command in there. Missing where there is no twin."""
    if os.geteuid() == 0:
        return
    from rackhouse.kit.process import become
    from rackhouse.twin.holder import enter

    into = enter(context.root)
    if into is None:
        raise Missing("this rack has no twin just now", fix="rackhouse twin up")
    become(_same(into))


def make_as_root(context: Context) -> None:
    """The same for commands that make a twin or remove one: its namespace is made before, and ends
    after them unless a twin is then up. Interrupted, nothing of it is left.
    """
    if os.geteuid() == 0:
        return
    from rackhouse.kit.process import run_sync
    from rackhouse.twin.holder import hold, release
    from rackhouse.twin.home import Home

    root = context.root.absolute()
    into = hold(root)
    try:
        done = run_sync(_same(into))
    except BaseException:
        release(root)
        run_sync(_again(hold(root), "--home", str(root), "twin", "down"))
        release(root)
        raise
    click.echo(done.out, nl=False)
    click.echo(done.err, nl=False, err=True)
    if not Home(root).state.exists():
        release(root)
    sys.exit(done.code)


def _same(into: Sequence[str]) -> list[str]:
    """This command once more, in the folder where we are."""
    return _again(into, *sys.argv[1:])


def _again(into: Sequence[str], *words: str) -> list[str]:
    return [*into, "env", f"--chdir={Path.cwd()}", sys.executable, "-c", _MAIN, *words]
