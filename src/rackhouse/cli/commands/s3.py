"""`rackhouse s3`."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import click

from rackhouse.cli.bucket import open_bucket
from rackhouse.cli.context import Context
from rackhouse.kit.errors import Missing
from rackhouse.kit.text import format_bytes

EPILOG = """
\b
Examples:
  rackhouse s3 ls guestbook
  rackhouse s3 get guestbook a.png ./a.png
  rackhouse s3 sign guestbook a.png        a link that works for an hour
"""
_need = click.option("--need", help="Which bucket, when APPLICATION has several.")


@click.group(epilog=EPILOG)
def command() -> None:
    """List, fetch, put, remove and sign objects in an application's bucket."""


@command.command("ls")
@click.argument("application")
@click.argument("prefix", default="")
@_need
@click.pass_obj
def list_objects(context: Context, application: str, prefix: str, need: str | None) -> None:
    """List objects whose key begins with PREFIX."""
    with open_bucket(context, application, need) as bucket:
        for page in bucket.list(prefix):
            for found in page:
                click.echo(f"{format_bytes(found['size']):>8}  {found['path']}")


@command.command("get")
@click.argument("application")
@click.argument("key")
@click.argument("file", type=click.Path(path_type=Path))
@_need
@click.pass_obj
def get(context: Context, application: str, key: str, file: Path, need: str | None) -> None:
    """Fetch the object KEY into FILE."""
    with open_bucket(context, application, need) as bucket:
        try:
            content = bucket.get(key)
        except FileNotFoundError:
            fix = f"rackhouse s3 ls {application}"
            raise Missing(f"there is no object {key!r}", fix=fix) from None
        with file.open("wb") as out:
            for chunk in content:
                out.write(chunk)


@command.command("put")
@click.argument("application")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("key")
@_need
@click.pass_obj
def put(context: Context, application: str, file: Path, key: str, need: str | None) -> None:
    """Put FILE as the object KEY."""
    with open_bucket(context, application, need) as bucket:
        bucket.put(key, file)


@command.command("rm")
@click.argument("application")
@click.argument("key")
@_need
@click.pass_obj
def remove(context: Context, application: str, key: str, need: str | None) -> None:
    """Remove the object KEY."""
    with open_bucket(context, application, need) as bucket:
        bucket.delete(key)


@command.command("sign")
@click.argument("application")
@click.argument("key")
@click.option("--minutes", default=60, show_default=True, help="How long the link works.")
@_need
@click.pass_obj
def sign(context: Context, application: str, key: str, minutes: int, need: str | None) -> None:
    """Print a link to the object KEY that works without credentials for a while."""
    import obstore

    from rackhouse.cli.elsewhere import require_lasting

    require_lasting(context, application, key)
    with open_bucket(context, application, need) as bucket:
        click.echo(obstore.sign(bucket, "GET", key, timedelta(minutes=minutes)))
