"""What the console is told when it starts: read once, from its arguments and its environment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rackhouse.kit.errors import UsageError

_FIX = "let the supervisor start it: `rackhouse up`"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of one console."""

    root: Path
    """The state folder: the one argument, else RACKHOUSE_HOME."""

    port: int
    """RACKHOUSE_CONSOLE_PORT: where it listens, on 127.0.0.1 alone."""

    rack_file: Path | None = None
    """RACKHOUSE_RACK_FILE: the rack file; not set or empty for a rack of one without a file."""

    signing_key: str = field(repr=False)
    """RACKHOUSE_SIGNING_KEY: the Ed25519 private key (PEM) that identities are signed with."""

    secret: str = field(repr=False)
    """RACKHOUSE_CONSOLE_SECRET: the owner's token for programs (`Authorization: Bearer`)."""


def read_settings(arguments: Sequence[str], environment: Mapping[str, str]) -> Settings:
    """The settings, or UsageError that names what is missing."""
    root = next(iter(arguments), "") or environment.get("RACKHOUSE_HOME", "")
    if not root:
        raise UsageError("the console needs the state folder as its argument", fix=_FIX)
    missing = [name for name in _NEEDED if not environment.get(name)]
    if missing:
        raise UsageError(f"the console needs {' and '.join(missing)}", fix=_FIX)
    port = environment["RACKHOUSE_CONSOLE_PORT"]
    if not (port.isdecimal() and 0 < int(port) < 65536):
        raise UsageError(f"RACKHOUSE_CONSOLE_PORT is {port!r} and not a port", fix=_FIX)
    file = environment.get("RACKHOUSE_RACK_FILE", "")
    return Settings(
        root=Path(root).absolute(),
        port=int(port),
        rack_file=Path(file).absolute() if file else None,
        signing_key=environment["RACKHOUSE_SIGNING_KEY"],
        secret=environment["RACKHOUSE_CONSOLE_SECRET"],
    )


_NEEDED = ("RACKHOUSE_CONSOLE_PORT", "RACKHOUSE_SIGNING_KEY", "RACKHOUSE_CONSOLE_SECRET")
