"""`python -m rackhouse.services.scripture`: serve until a signal."""

from __future__ import annotations

import sys

import uvicorn

from rackhouse.kit.errors import RackhouseError
from rackhouse.services.scripture import settings, wiring


def main() -> int:
    """Exit codes as kit.errors."""
    try:
        told = settings.read()
        app = wiring.opened(told)
    except RackhouseError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    uvicorn.run(
        app,
        interface="asgi3",
        host=told.host,
        port=told.port,
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="off",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        log_level="warning",
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
