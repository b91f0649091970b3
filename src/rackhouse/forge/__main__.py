"""`python -m rackhouse.forge ROOT`: what the supervisor starts. Wires, serves, ends on signal."""

from __future__ import annotations

import asyncio
import gc
import os
import socket
import sys
from collections.abc import Mapping
from contextlib import suppress

import uvicorn

from rackhouse.delivery.repositories import Git, folder_of, mend
from rackhouse.forge.app import GitEndpoint, create_app
from rackhouse.forge.door import Door
from rackhouse.forge.hooks import Hooks
from rackhouse.forge.pushes import Pushes
from rackhouse.forge.runs import Runs
from rackhouse.forge.scheduler import Scheduler
from rackhouse.forge.settings import Settings, read_settings
from rackhouse.kit.errors import Locked, RackhouseError
from rackhouse.kit.paths import Paths
from rackhouse.store.forge import Forge
from rackhouse.store.sqlite_forge import SqliteForge

_LAST_WORDS = 8  # seconds for pushes that arrive when it ends
_KEEP_ALIVE = 120  # longer than the ingress keeps a connection, so that it never meets a closed one


class Server(uvicorn.Server):
    """Uvicorn, which lets go of whoever follows runs before it waits for all to be answered."""

    def __init__(self, config: uvicorn.Config, pushes: Pushes) -> None:
        super().__init__(config)
        self._pushes = pushes

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End."""
        self._pushes.ending.set()
        await super().shutdown(sockets)


def make_runs(settings: Settings, forge: Forge) -> Runs:
    """Whoever works on runs, from the state folder."""
    paths = Paths(settings.root)

    async def heads(name: str) -> Mapping[str, str]:
        return await asyncio.to_thread(Git(folder_of(paths, name)).heads)

    return Scheduler(paths, forge, heads, settings.url)


def serve(settings: Settings, forge: Forge, runs: Runs) -> None:
    """Serve until SIGTERM or SIGINT."""
    paths = Paths(settings.root)
    pushes = Pushes(paths, forge, runs)
    hooks = Hooks(paths, pushes.received)
    endpoint = GitEndpoint(paths, Door(paths, forge), hooks, pushes)
    config = uvicorn.Config(
        create_app(settings, endpoint),
        host="127.0.0.1",
        port=settings.port,
        loop="asyncio",
        http="h11",
        ws="none",
        lifespan="on",
        access_log=False,
        log_level="warning",
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=_KEEP_ALIVE,
        timeout_graceful_shutdown=_LAST_WORDS,
    )
    gc.collect()
    gc.freeze()  # what was made until now stays: no need to look at it again
    Server(config, pushes).run()


def main() -> None:
    """Read the settings, then serve."""
    try:
        settings = read_settings(sys.argv[1:], os.environ)
        forge = SqliteForge(Paths(settings.root).store)
        with suppress(Locked):  # one is renamed just now
            mend(forge, Paths(settings.root))
    except RackhouseError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(error.exit_code)
    serve(settings, forge, make_runs(settings, forge))


if __name__ == "__main__":
    main()
