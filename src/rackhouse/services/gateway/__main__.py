"""`python -m rackhouse.services.gateway`: serve until a signal."""

from __future__ import annotations

import contextlib
import functools
import resource
import sys

from rackhouse.kit.errors import RackhouseError
from rackhouse.kit.serving import serve
from rackhouse.services.gateway import settings, wiring
from rackhouse.services.gateway.api.app import create
from rackhouse.services.gateway.api.tidy import Tidy

_LAST_WORDS = 30  # seconds that a stream may go on after the signal


def main() -> int:
    """Exit codes as kit.errors."""
    try:
        told = settings.read()
        opening = functools.partial(wiring.opened, settings=told, kept=wiring.Kept())
        file = settings.File(told.models)
        app = create(file.config, opening, file.changed)
    except RackhouseError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    _many_files()
    serve(Tidy(app, app.busy), told.host, told.port, timeout_graceful_shutdown=_LAST_WORDS)
    return 0


def _many_files() -> None:
    """As many as the system lets a process open: each stream is two connections."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


if __name__ == "__main__":
    sys.exit(main())
