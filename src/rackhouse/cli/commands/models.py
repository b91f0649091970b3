"""`rackhouse models`."""

from __future__ import annotations

import click

from rackhouse.cli.context import Context
from rackhouse.cli.models_keys import list_keys, make_key, revoke_key

EPILOG = """
\b
Examples:
  rackhouse models                              who answers for which name, and how it does
  rackhouse models ask chat "Who was Cyrus?"    a question, from this terminal
  rackhouse models log --follow                 who asks what, as it happens
  rackhouse models spend                        what this month cost, and whom
  rackhouse models key ada --limit 5/month      a key of a person's own, printed once
  rackhouse models quality                      cost and quality: local, outside, router
  rackhouse models spend --by day,application --since 2026-10-01

With RACKHOUSE_GATEWAY and RACKHOUSE_GATEWAY_KEY, of the gateway at that address.
"""
_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group(epilog=EPILOG, invoke_without_command=True)
@_json
@click.pass_context
def command(ctx: click.Context, *, as_json: bool) -> None:
    """Say who answers for which model, what was asked, and what it cost."""
    if ctx.invoked_subcommand is None:
        from rackhouse.cli.models_asking import show_models

        show_models(ctx.obj, as_json=as_json)


for each in (make_key, list_keys, revoke_key):
    command.add_command(each)


@command.command("spend")
@click.option("--since", default="", metavar="DAY", help="[default: the first of the month]")
@click.option("--until", default="", metavar="DAY", help="[default: today]")
@click.option(
    "--by",
    default="application,model,upstream",
    show_default=True,
    help="What to add up by: day, key, application, person, model, upstream, local.",
)
@_json
@click.pass_obj
def spend(context: Context, /, *, since: str, until: str, by: str, as_json: bool) -> None:
    """Show what was used and what it cost. Days are of UTC: 2026-01-31."""
    from rackhouse.cli.models_asking import show_spend

    show_spend(context, by=by, since=since, until=until, as_json=as_json)


@command.command("log")
@click.option("-n", "count", default=20, show_default=True, help="How many requests.")
@click.option("-f", "--follow", is_flag=True, help="Go on with what comes.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per line.")
@click.pass_obj
def log(context: Context, /, *, count: int, follow: bool, as_json: bool) -> None:
    """Show who asked what, who answered, and what it cost."""
    from rackhouse.cli.models_asking import show_log

    show_log(context, count=count, follow=follow, as_json=as_json)


@command.command("quality")
@_json
@click.pass_obj
def quality(context: Context, /, *, as_json: bool) -> None:
    """Show how well each upstream answers, and what each way of choosing gives and costs."""
    from rackhouse.cli.models_asking import show_quality

    show_quality(context, as_json=as_json)


@command.command("ask")
@click.argument("model")
@click.argument("prompt")
@click.pass_obj
def ask(context: Context, model: str, prompt: str) -> None:
    """Ask a model. The answer is printed as it comes; `-` reads the question from stdin."""
    import sys

    from rackhouse.cli.models_asking import ask_model

    ask_model(context, model, sys.stdin.read() if prompt == "-" else prompt)
