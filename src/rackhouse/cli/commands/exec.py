"""`rackhouse exec`."""

from __future__ import annotations

import os

import click

from rackhouse.cli.context import Context

EPILOG = """
\b
Examples:
  rackhouse exec guestbook                    a shell
  rackhouse exec guestbook -- python -m migrate
  rackhouse exec -c worker postcards -- env
"""


@click.command(epilog=EPILOG, context_settings={"ignore_unknown_options": True})
@click.option("-c", "--container", help="Which container. [default: the first]")
@click.argument("application")
@click.argument("argv", metavar="[-- COMMAND...]", nargs=-1, type=click.UNPROCESSED)
@click.pass_obj
def command(
    context: Context, container: str | None, application: str, argv: tuple[str, ...]
) -> int:
    """Run a command (or a shell) in APPLICATION's folder, with its environment; of one on a
    cluster, in its pod.
    """
    from rackhouse.cli.elsewhere import cluster_of
    from rackhouse.kit.process import become
    from rackhouse.operations.environment import environment

    with context.open(only_read=True) as house:
        if cluster := cluster_of(house, application):
            from rackhouse.cli.inside import run

            return run(house, application, cluster, container, argv)
        found = environment(house, application, container)
    terminal = {k: os.environ[k] for k in ("TERM", "COLORTERM", "LANG") if k in os.environ}
    shell = (os.environ.get("SHELL", "/bin/sh"),)
    return become(argv or shell, env={**terminal, **found.variables}, folder=found.folder)
