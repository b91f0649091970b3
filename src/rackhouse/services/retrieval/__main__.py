"""`python -m rackhouse.services.retrieval`: serve until a signal."""

from __future__ import annotations

import sys

from rackhouse.kit.errors import RackhouseError
from rackhouse.kit.serving import serve
from rackhouse.services.retrieval import settings, wiring

_LAST_WORDS = 5  # seconds that an answer may go on after the signal


def main() -> int:
    """Exit codes as kit.errors."""
    try:
        told = settings.read()
        app = wiring.application(told)
    except RackhouseError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    serve(app, told.host, told.port, timeout_graceful_shutdown=_LAST_WORDS)
    return 0


if __name__ == "__main__":
    sys.exit(main())
