"""What the forge is told when it starts: read once, from its arguments and its environment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rackhouse.kit.errors import UsageError

_FIX = "let the supervisor start it: `rackhouse up`"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of one forge."""

    root: Path
    """The state folder: the one argument, else RACKHOUSE_HOME."""

    port: int
    """RACKHOUSE_FORGE_PORT: where it listens, on 127.0.0.1 alone."""

    url: str = ""
    """RACKHOUSE_FORGE_URL: its origin behind the ingress, `https://git.rack.localhost:8443`."""

    console: str = ""
    """RACKHOUSE_CONSOLE_URL: the console's origin behind the ingress, where pages are."""

    plain_console: str = ""
    """RACKHOUSE_CONSOLE_PLAIN: the console's own door, for those who came by the forge's own."""


def read_settings(arguments: Sequence[str], environment: Mapping[str, str]) -> Settings:
    """The settings, or UsageError that names what is missing."""
    root = next(iter(arguments), "") or environment.get("RACKHOUSE_HOME", "")
    if not root:
        raise UsageError("the forge needs the state folder as its argument", fix=_FIX)
    port = environment.get("RACKHOUSE_FORGE_PORT", "")
    if not (port.isdecimal() and 0 < int(port) < 65536):
        raise UsageError(f"RACKHOUSE_FORGE_PORT is {port!r} and not a port", fix=_FIX)
    return Settings(
        root=Path(root).absolute(),
        port=int(port),
        url=environment.get("RACKHOUSE_FORGE_URL", ""),
        console=environment.get("RACKHOUSE_CONSOLE_URL", ""),
        plain_console=environment.get("RACKHOUSE_CONSOLE_PLAIN", ""),
    )
