"""The entry point: finds the command, runs it, turns what goes wrong into words and an exit code.

Commands are imported when they are run, so that `rackhouse --help` stays instant.
"""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path
from typing import Any

import click

from rackhouse import __version__
from rackhouse.cli.context import Context
from rackhouse.kit.errors import EXIT_INTERRUPTED, RackhouseError, UsageError

# name -> one line of help. The module is rackhouse.cli.commands.<name> (`what-if`: what_if), its
# command `command`.
COMMANDS: dict[str, dict[str, str]] = {
    "The rack": {
        "up": "Bring the rack up, and keep it up.",
        "down": "Stop the rack. Nothing is lost.",
        "status": "Say what runs and what does not.",
        "plan": "Show what apply would change.",
        "apply": "Make the rack what the files say.",
        "compile": "Write it as YAML for a cluster.",
        "explain": "Tell what an application becomes, line by line.",
        "doctor": "Measure this machine and say what to mend.",
        "journal": "Show who changed what, and when.",
        "what-if": "Lose or add machines in thought.",
    },
    "Applications": {
        "new": "Start an application that is live after its first push.",
        "dev": "Run a working folder's code as it is written.",
        "init": "Write the application file that a folder implies.",
        "deploy": "Put a folder live.",
        "image": "Write what an image of a folder is built from.",
        "release": "Bring an image that was pushed live on a cluster.",
        "releases": "List an application's releases.",
        "rollback": "Go back to an earlier release.",
        "promote": "Put what a preview serves live.",
        "remove": "Take an application down; its data stays.",
        "logs": "Show logs, and follow them.",
        "models": "Say who answers for which model, and what it cost.",
        "open": "Open an application or the console in the browser.",
        "exec": "Run a command with an application's environment.",
        "env": "Set variables of an application.",
        "secret": "Set secrets of an application.",
    },
    "Machines": {
        "hosts": "Let machines join, so that plans are about them.",
        "cluster": "Look after a cluster of K3s: kubeconfig, nodes, certificates.",
        "platform": "Say what a cluster has before any application.",
        "network": "Say what switch and router have to be.",
        "twin": "Rehearse the whole rack on this machine.",
    },
    "Delivery": {
        "repository": "Make, list and change git repositories.",
        "token": "Make, list and revoke access tokens.",
        "runs": "List, cancel and repeat the runs of pushes.",
        "broker": "Lend jobs what they release with; runs on a cluster.",
    },
    "Data": {
        "psql": "Open an application's database.",
        "redis": "Talk to an application's Redis.",
        "s3": "List, copy and sign objects in a bucket.",
        "backup": "Put everything into one encrypted file.",
        "restore": "Bring a backup back.",
    },
    "This machine": {
        "trust": "Make this rack's certificates trusted.",
        "service": "Start the rack when this machine starts.",
        "schema": "Print the JSON Schema of the rack file.",
        "completion": "Print shell completion.",
        "version": "Print the version.",
    },
}
_BUG = "this is a bug in Rackhouse"
_ALL = {name: line for group in COMMANDS.values() for name, line in group.items()}


class Rackhouse(click.Group):
    """A group whose commands are imported when asked for, with did-you-mean."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, in the order of the table above."""
        return list(_ALL)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command's module and answer its `command`."""
        if cmd_name not in _ALL:
            return None
        module = importlib.import_module(f"rackhouse.cli.commands.{cmd_name.replace('-', '_')}")
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, but a mistyped command is answered with the one that was meant."""
        if args and args[0] not in _ALL and not args[0].startswith("-"):
            from rackhouse.kit.text import did_you_mean

            hint = did_you_mean(args[0], _ALL)
            fix = "run `rackhouse --help` for the commands"
            raise UsageError(f"there is no command {args[0]!r}.{hint}", fix=fix)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The table above, by group, without importing any command."""
        for title, commands in COMMANDS.items():
            with formatter.section(title):
                formatter.write_dl(list(commands.items()))


EPILOG = """
\b
Examples:
  rackhouse up --detach             bring everything up, return when it is ready
  rackhouse deploy ./guestbook      put a folder live
  rackhouse logs -f guestbook       follow its logs
  rackhouse status --json           the same, for programs

Exit codes: 0 done; 1 failed; 2 changes are planned, or not all is ready; 3 a file is wrong;
4 refused; 5 not found; 6 not ready in time; 7 this machine lacks something; 8 a part cannot be
reached; 64 usage; 130 interrupted.
"""


@click.group(
    cls=Rackhouse,
    invoke_without_command=True,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.option(
    "-f",
    "--file",
    type=click.Path(path_type=Path),
    envvar="RACKHOUSE_FILE",
    help="The rack file. [default: ./rack.yaml; none: a rack of one] [$RACKHOUSE_FILE]",
)
@click.option(
    "--home",
    type=click.Path(path_type=Path),
    envvar="RACKHOUSE_HOME",
    help="The state folder. [default: ~/.local/state/rackhouse/NAME] [$RACKHOUSE_HOME]",
)
@click.option("--debug", is_flag=True, envvar="RACKHOUSE_DEBUG", help="Show tracebacks.")
@click.version_option(__version__, "-V", "--version", message="rackhouse %(version)s")
@click.pass_context
def rackhouse(ctx: click.Context, file: Path | None, home: Path | None, debug: bool) -> None:
    """Your own cloud at home: one file, one command, a rack of one machine or of many."""
    ctx.obj = Context(file=file, home=home, debug=debug)
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def main(argv: list[str] | None = None) -> None:
    """Run one command line and exit with its code."""
    sys.exit(run(sys.argv[1:] if argv is None else argv))


def run(argv: list[str]) -> int:
    """Run one command line; answer its exit code. Errors are printed on stderr."""
    debug = "--debug" in argv or bool(os.environ.get("RACKHOUSE_DEBUG"))
    try:
        code: Any = rackhouse.main(argv, prog_name="rackhouse", standalone_mode=False)
        sys.stdout.flush()
    except BrokenPipeError:  # `rackhouse logs | head`: the reader has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (Exception, KeyboardInterrupt) as error:
        message, code = _explain(error)
        if debug and message.startswith(_BUG):
            raise
        click.secho("error: ", fg="red", bold=True, nl=False, err=True)
        click.echo(message, err=True)
    return code if isinstance(code, int) else 0


def _explain(error: BaseException) -> tuple[str, int]:
    match error:
        case RackhouseError():
            return str(error), error.exit_code
        case click.UsageError():
            usage = error.ctx.command_path if error.ctx else "rackhouse"
            return f"{error.format_message()}\n  fix: see `{usage} --help`", UsageError.exit_code
        case click.Abort() | KeyboardInterrupt():
            return "interrupted", EXIT_INTERRUPTED
        case click.ClickException():
            return error.format_message(), 1
        case _:
            return _bug(error), 1


def _bug(error: BaseException) -> str:
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    place = f"{frame.tb_frame.f_code.co_name}, line {frame.tb_lineno}" if frame else "unknown"
    return (
        f"{_BUG}: {type(error).__name__} in {place}\n"
        "  fix: run the command again with --debug and report what it prints"
    )
