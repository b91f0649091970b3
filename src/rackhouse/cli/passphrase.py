"""The passphrase of a backup: from a file, the environment, or asked for.

Never from a command line, which everybody on the machine can read.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

VARIABLE = "RACKHOUSE_PASSPHRASE"


def passphrase_option(*, confirm: bool) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give a command the parameter `passphrase`. `confirm`: ask twice, since it is a new one."""

    def given(_ctx: click.Context, _option: click.Parameter, file: Path | None) -> str:
        # Out of the environment, so that no process that we start inherits it.
        by_environment = os.environ.pop(VARIABLE, "")
        if file is not None:
            return file.read_text("utf-8").rstrip("\r\n")
        if by_environment:
            return by_environment
        asked: str = click.prompt("Passphrase", hide_input=True, confirmation_prompt=confirm)
        return asked

    return click.option(
        "--passphrase-file",
        "passphrase",
        type=click.Path(exists=True, dir_okay=False, path_type=Path, allow_dash=False),
        callback=given,
        help="A file with the passphrase. [default: $RACKHOUSE_PASSPHRASE, else it is asked for]",
    )


def ask_value() -> str:
    """A secret, from standard input or asked for unseen."""
    if sys.stdin.isatty():
        return str(click.prompt("Value", hide_input=True))
    return sys.stdin.read().rstrip("\n")
