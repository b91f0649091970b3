"""`rackhouse repository`."""

from __future__ import annotations

import getpass
import time
from pathlib import Path
from typing import Any

import click

from rackhouse.cli.context import Context
from rackhouse.cli.forge import open_forge, sign_git_in
from rackhouse.cli.repositories import created, removed, renamed, repository_lines

EPILOG = """
\b
Examples:
  rackhouse repository create hello --git         and git needs no password from now on
  git remote add rack https://git.rack.localhost:8443/hello.git
  git push rack main                              tests it, and puts it live
  rackhouse repository set hello --protect main --protect 'release/*' --quota 5Gi
  rackhouse repository rename hello greeter
"""


@click.group(epilog=EPILOG)
def command() -> None:
    """Make, list, change and remove git repositories. A push to a new name makes one too."""


@command.command("create")
@click.argument("name")
@click.option("--description", default="", help="One line for its page.")
@click.option("--default-branch", default="main", show_default=True, help="What goes live.")
@click.option("--git", "signs_in", is_flag=True, help="Let git here push without a password.")
@click.pass_obj
def create_repository(context: Context, /, name: str, signs_in: bool, **fields: str) -> None:
    """Make an empty repository, and say how to push to it."""
    with open_forge(context) as (house, forge):
        for line in created(house, forge, name, time.time(), **fields):
            click.echo(line)
        if signs_in:
            sign_git_in(house, forge, Path.home(), time.time())


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def list_repositories(context: Context, as_json: bool) -> None:
    """List repositories, with their size and what is protected."""
    with open_forge(context) as (house, forge):
        for line in repository_lines(house, forge, as_json=as_json):
            click.echo(line)


@command.command("rename")
@click.argument("name")
@click.argument("new_name")
@click.pass_obj
def rename_repository(context: Context, name: str, new_name: str) -> None:
    """Give a repository another name. Its application keeps the old one."""
    with open_forge(context) as (house, forge):
        for line in renamed(house, forge, name, new_name, time.time()):
            click.echo(line)


@command.command("set")
@click.argument("name")
@click.option("--description", help="One line for its page.")
@click.option("--default-branch", help="What a clone checks out and a push puts live.")
@click.option("--protect", "protected", multiple=True, help="A branch, or 'release/*'; all anew.")
@click.option("--unprotect", is_flag=True, help="Protect no branch.")
@click.option("--quota", help="How large it may grow: 5Gi. 0: as large as any.")
@click.option("--trusted/--untrusted", default=None, help="Untrusted: jobs only in isolation.")
@click.option("--previews/--no-previews", default=None, help="Each branch as an application.")
@click.option("--real-actions/--own-actions", default=None, help="From the Internet, or ours.")
@click.pass_obj
def set_repository(context: Context, /, name: str, unprotect: bool, **fields: Any) -> None:
    """Change a repository. What is not named stays as it is."""
    from rackhouse.delivery.repositories import change, summary

    changes = {key: value for key, value in fields.items() if value not in {None, ()}}
    changes |= {"protected": ()} if unprotect else {}
    with open_forge(context) as (house, forge):
        row = change(forge, house.paths, name, by=getpass.getuser(), now=time.time(), **changes)
        click.echo(f"{row.name}: {summary(house.paths, row)}")


@command.command("remove")
@click.argument("name")
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def remove_repository(context: Context, name: str, yes: bool) -> None:
    """Remove a repository with all its history. Its application stays live."""
    if not yes:
        click.confirm(f"Delete {name} and all of its history for ever?", abort=True)
    with open_forge(context) as (house, forge):
        removed(house, forge, name, time.time())
    click.echo(f"{name} is removed")
