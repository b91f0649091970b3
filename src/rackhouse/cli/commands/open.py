"""`rackhouse open`."""

from __future__ import annotations

import webbrowser

import click

from rackhouse.cli.context import Context

EPILOG = """
\b
Examples:
  rackhouse open                     the console, signed in
  rackhouse open guestbook           an application
  rackhouse open guestbook --print   only print the address
  rackhouse open --plain             http://127.0.0.1:PORT, for resolvers without *.localhost
"""


@click.command(epilog=EPILOG)
@click.argument("application", required=False)
@click.option("--print", "only_print", is_flag=True, help="Print the address, open nothing.")
@click.option("--plain", is_flag=True, help="The form by address, without TLS and names.")
@click.pass_obj
def command(context: Context, application: str | None, only_print: bool, plain: bool) -> None:
    """Open the console, or an application, in the browser."""
    from rackhouse.cli.sign_in import sign_in_link
    from rackhouse.operations.address import application_url

    with context.open() as house:
        if application is None:
            url = sign_in_link(house, plain=plain)
        else:
            url = application_url(house, application, plain=plain)
    if not only_print and webbrowser.open(url):
        click.echo(f"opened {url.partition('?')[0]}")
        return
    click.echo(url)
