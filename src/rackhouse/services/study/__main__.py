"""`python -m rackhouse.services.study`: serve until a signal."""

from __future__ import annotations

import sys
from functools import partial

from rackhouse.kit.errors import RackhouseError
from rackhouse.kit.serving import serve
from rackhouse.services.study import settings, wiring
from rackhouse.services.study.api.app import create

_LAST_WORDS = 30  # seconds that an answer may go on after the signal


def main() -> int:
    """Exit codes as kit.errors."""
    try:
        told = settings.read()
    except RackhouseError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    app = create(partial(wiring.opened, told))
    serve(app, told.host, told.port, timeout_graceful_shutdown=_LAST_WORDS)
    return 0


if __name__ == "__main__":
    sys.exit(main())
