"""`rackhouse models key`, `keys` and `revoke`: people's own keys to the rack's models."""

from __future__ import annotations

import click

from rackhouse.cli.context import Context


@click.command("key")
@click.argument("name")
@click.option("--person", default="", help="Whose it is.  [default: NAME]")
@click.option("--limit", "limits", multiple=True, metavar="5/month", help="Money by day or month.")
@click.option("--tokens", multiple=True, metavar="200k/day", help="Tokens by day or month.")
@click.option(
    "--model", "models", multiple=True, help="A name that it may ask for.  [default: all]"
)
@click.option("--expires", default="", metavar="30d", help="In so long; or a day, in UTC.")
@click.pass_obj
def make_key(
    context: Context,
    /,
    *,
    name: str,
    person: str,
    limits: tuple[str, ...],
    tokens: tuple[str, ...],
    models: tuple[str, ...],
    expires: str,
) -> None:
    """Make a person's key. It is printed once, and nobody can be told it again."""
    from rackhouse.cli.models_asking import called
    from rackhouse.operations.models.allowed import limit

    given = [limit(each) for each in limits] + [limit(each, tokens=True) for each in tokens]
    made = called(
        context,
        lambda wire: wire.make_key(
            name, person=person or name, limits=given, models=models, expires=_moment(expires)
        ),
    )
    click.echo(made.key)


@click.command("keys")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def list_keys(context: Context, /, *, as_json: bool) -> None:
    """List people's keys. Those of applications are in the rack's vault."""
    from rackhouse.cli.models import keys_table
    from rackhouse.cli.models_asking import called
    from rackhouse.cli.rows import as_text

    found = called(context, lambda wire: wire.keys())
    click.echo(as_text(found.keys) if as_json else keys_table(found))


@click.command("revoke")
@click.argument("name")
@click.pass_obj
def revoke_key(context: Context, /, *, name: str) -> None:
    """Revoke a person's key: it is refused within five seconds."""
    from rackhouse.cli.models_asking import called

    called(context, lambda wire: wire.revoke(name))
    click.echo(f"{name} is revoked")


def _moment(said: str) -> str:
    """ISO 8601 of `30d` from now, or of a day; "" stays."""
    from datetime import UTC, datetime, timedelta

    from rackhouse.kit.errors import UsageError
    from rackhouse.kit.text import parse_duration

    if not said:
        return ""
    try:
        moment = datetime.fromisoformat(said).replace(tzinfo=UTC)
    except ValueError:
        try:
            moment = datetime.now(UTC) + timedelta(seconds=parse_duration(said))
        except (ValueError, OverflowError) as error:
            fix = "write 30d, or a day such as 2027-01-31"
            raise UsageError(f"{said!r} is no time", fix=fix) from error
    return moment.isoformat()
