"""`python -m rackhouse.services.scripture`: serve until a signal."""

from __future__ import annotations

import logging
import sys

from rackhouse.kit.errors import RackhouseError
from rackhouse.kit.serving import serve
from rackhouse.services.scripture import settings, wiring


def main() -> int:
    """Exit codes as kit.errors."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")  # what is imported takes a while
    try:
        told = settings.read()
        app = wiring.opened(told)
    except RackhouseError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    serve(app, told.host, told.port, lifespan="off")
    return 0


if __name__ == "__main__":
    sys.exit(main())
