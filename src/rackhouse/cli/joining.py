"""Words around machines that join: who trusts a host key, a first password, the list of nodes."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import click

from rackhouse.cli.context import Context

if TYPE_CHECKING:
    from pathlib import Path

    from rackhouse.operations.hosts.join import First
    from rackhouse.operations.hosts.roll_call import Row
    from rackhouse.transport.address import Address

_ANSWERS = {True: "answers", False: "silent", None: ""}


def add_host(
    context: Context,
    node: str,
    at: str,
    key: str | None,
    host_key: str,
    *,
    yes: bool,
    password: bool,
    agent: bool,
) -> None:
    """`hosts add`."""
    from rackhouse.operations.hosts.join import address_of, join

    first = first_way(password=password, agent=agent, key=key)
    with context.open() as house:
        address = address_of(house, node, at, key or "").pinned(host_key)
        address = asyncio.run(join(house, node, address, asks(yes=yes), first))
    click.echo(f"{node} has joined as {address}; see `rackhouse plan --only hosts`")


def asks(*, yes: bool) -> Callable[[Address, str], bool]:
    """Shows a host key and asks whether it is the right one; `yes`: does not ask."""

    def trusts(address: Address, fingerprint: str) -> bool:
        click.echo(f"{address} shows the host key {fingerprint}", err=True)
        if yes:
            return True
        if not sys.stdin.isatty():
            from rackhouse.kit.errors import Refused

            raise Refused(
                "nobody is there to say whether that host key is the right one",
                fix="add --yes, or --host-key with the key itself",
            )
        return click.confirm("Is that the machine?", err=True)

    return trusts


def first_way(*, password: bool, agent: bool, key: str | None) -> First | None:
    """How the rack's key gets there. A password is asked for here, or the first line of our input;
    it is never an argument, which others would see.
    """
    from rackhouse.kit.errors import UsageError
    from rackhouse.operations.hosts.join import First

    if password + agent + (key is not None) > 1:
        raise UsageError(
            "--password, --agent and --key are three ways in", fix="choose one of them"
        )
    if agent:
        return First()
    if not password:
        return None
    if sys.stdin.isatty():
        return First(click.prompt("Password of that account", hide_input=True, err=True))
    line = sys.stdin.readline().rstrip("\n")
    if not line:
        raise UsageError("there is no password", fix="it is the first line of the input")
    return First(line)


def lines(rows: Sequence[Row]) -> Iterator[str]:
    """A line for each machine."""
    for row in rows:
        how = f"joined as {row.reached}" if row.reached else "has not joined"
        role = row.role or "no longer in the rack file"
        answers = _ANSWERS[row.answers]
        yield f"{row.node:<12} {role:<8} {row.address:<16} {answers:<8} {how}".rstrip()
        if row.wrong:
            yield f"{'':<13}{row.wrong}"


def seed_host(context: Context, node: str, out: Path | None, *, force: bool) -> None:
    """Print what cloud-init reads at the first start, or write it to a folder."""
    from rackhouse.operations.hosts import first_start

    with context.open() as house:
        files = first_start.seed_of(house, node)
    if out is None:
        click.echo("".join(f"--- {name}\n{text}" for name, text in files.items()), nl=False)
    else:
        first_start.write_seed(files, out, force=force)
        click.echo(f"wrote {', '.join(files)} to {out}: put the card into {node} and switch it on")
