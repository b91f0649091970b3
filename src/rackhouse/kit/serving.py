"""What every service of ours is told in the same way, and how it serves."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rackhouse.kit.errors import UsageError


def port(environment: Mapping[str, str]) -> int:
    """PORT. UsageError."""
    said = environment.get("PORT", "8080")
    if said.isascii() and said.isdecimal() and len(said) < 6 and int(said) < 2**16:
        return int(said)
    raise UsageError("this is no port", where="PORT", fix="say a number from 0 to 65535")


def own_cache(environment: Mapping[str, str], name: str) -> Path:
    """A folder for what can be made again, in the user's own cache."""
    own = environment.get("XDG_CACHE_HOME") or f"{environment.get('HOME', '.')}/.cache"
    return Path(own) / "rackhouse" / name


def serve(app: Any, host: str, port: int, **more: Any) -> None:
    """An ASGI application, until a signal. `more` as uvicorn has it."""
    import uvicorn

    uvicorn.run(
        app,
        interface="asgi3",
        host=host,
        port=port,
        loop="uvloop",
        http="httptools",
        ws="none",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        log_level="warning",
        **more,
    )
