"""`rackhouse completion`."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

EPILOG = """
\b
Examples:
  rackhouse completion bash >> ~/.bashrc
  rackhouse completion zsh >> ~/.zshrc
  rackhouse completion fish > ~/.config/fish/completions/rackhouse.fish
"""


@click.command(epilog=EPILOG)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """Print the lines that make SHELL complete rackhouse's commands."""
    completion = get_completion_class(shell)
    if completion is None:
        raise click.UsageError(f"no completion for {shell}")
    root = ctx.find_root().command
    click.echo(completion(root, {}, "rackhouse", "_RACKHOUSE_COMPLETE").source())
