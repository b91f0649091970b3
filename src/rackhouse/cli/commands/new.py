"""`rackhouse new`."""

from __future__ import annotations

from pathlib import Path

import click

from rackhouse.cli.context import Context

EPILOG = """
\b
Examples:
  rackhouse new shop                       pages with a form, in ./shop
  rackhouse new stock --template api       a JSON API with a database
  cd stock && git push rack main           live
  rackhouse new --list                     what there is to start from
"""


@click.command(epilog=EPILOG)
@click.argument("name", required=False)
@click.option("-t", "--template", default="web", show_default=True, help="What to start from.")
@click.option("--list", "lists", is_flag=True, help="List the templates, and end.")
@click.pass_obj
def command(context: Context, name: str | None, template: str, *, lists: bool) -> None:
    """Make the folder NAME with an application and its test, and a repository on the rack for it.

    It is live after `git push rack main`.
    """
    if lists:
        from rackhouse.delivery.starters import TEMPLATES

        for key, line in TEMPLATES.items():
            click.echo(f"{key:<8} {line}")
        return
    if name is None:
        raise click.UsageError("name the application: rackhouse new NAME")
    from rackhouse.cli.starting import start

    for line in start(context, name, template, Path.cwd() / name):
        click.echo(line)
