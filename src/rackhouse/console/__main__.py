"""`python -m rackhouse.console ROOT`: what the supervisor starts. Wires, serves, ends on signal."""

from __future__ import annotations

import gc
import os
import socket
import sys
import time

import uvicorn

from rackhouse.console.actions import Actions
from rackhouse.console.addresses import own_addresses, remembered
from rackhouse.console.app import create_app
from rackhouse.console.desk import Desk
from rackhouse.console.house import House
from rackhouse.console.passes import Passes
from rackhouse.console.settings import Settings, read_settings
from rackhouse.console.streams import Streams
from rackhouse.console.templating import templates
from rackhouse.console.watch import Watch
from rackhouse.kit.errors import RackhouseError
from rackhouse.kit.files import write_atomic
from rackhouse.kit.paths import Paths
from rackhouse.operations.view import view
from rackhouse.store.sqlite import SqliteStore
from rackhouse.store.sqlite_forge import SqliteForge

_LAST_WORDS = 2  # seconds for answers that are being sent when it ends
_KEEP_ALIVE = 120  # longer than the ingress keeps a connection, so that it never meets a closed one


class Server(uvicorn.Server):
    """Uvicorn, which lets go of whoever follows events before it waits for all to be answered."""

    def __init__(self, config: uvicorn.Config, streams: Streams) -> None:
        super().__init__(config)
        self._streams = streams

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End."""
        self._streams.stop()
        await super().shutdown(sockets)


def make_desk(settings: Settings) -> Desk:
    """Everything that the handlers need, from the state folder. Writes the owner's token there."""
    paths = Paths(settings.root)
    write_atomic(paths.console_token, settings.secret)
    store = SqliteStore(paths.store)
    house = House(store, paths, settings.rack_file)
    return Desk(
        settings=settings,
        store=store,
        forge=SqliteForge(paths.store),
        passes=Passes(paths.sign_ins),
        watch=Watch(lambda: view(house)),
        actions=Actions(settings.root, settings.rack_file),
        templates=templates(),
        file=house.file,
        clock=time.time,
        own=remembered(own_addresses),
    )


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    try:
        settings = read_settings(sys.argv[1:], os.environ)
        desk = make_desk(settings)
    except RackhouseError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(error.exit_code)
    streams = Streams()
    config = uvicorn.Config(
        create_app(desk, streams),
        host="127.0.0.1",
        port=settings.port,
        loop="asyncio",
        http="h11",
        ws="none",
        access_log=False,
        log_level="warning",
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=_KEEP_ALIVE,
        timeout_graceful_shutdown=_LAST_WORDS,
    )
    gc.collect()
    gc.freeze()  # what was made until now stays: no need to look at it again
    Server(config, streams).run()


if __name__ == "__main__":
    main()
