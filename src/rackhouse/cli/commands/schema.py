"""`rackhouse schema`."""

from __future__ import annotations

import json

import click

EPILOG = """
\b
Examples:
  rackhouse schema > rack.schema.json
  # then, as the first line of rack.yaml, for editors with a YAML language server:
  # yaml-language-server: $schema=rack.schema.json
"""


@click.command(epilog=EPILOG)
def command() -> None:
    """Print the JSON Schema of the rack file, for editors."""
    from rackhouse.rack.schema import json_schema

    click.echo(json.dumps(json_schema(), indent=2))
