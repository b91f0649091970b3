"""Commands that pass on what is behind `--`, whatever stands before it. Runs nothing."""

from __future__ import annotations

import click

DASHES = "--"


class PassesOn(click.Command):
    """Gives what is behind `--` to `argv`; click alone would take its first for a missing name."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does with what is before `--`."""
        if DASHES not in args:
            return super().parse_args(ctx, args)
        at = args.index(DASHES)
        behind = tuple(args[at + 1 :])
        rest = super().parse_args(ctx, args[:at])
        ctx.params["argv"] = (*ctx.params["argv"], *behind)
        return rest
