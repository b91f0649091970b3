"""PostgreSQL with pgvector, from a wheel: the binaries themselves, on loopback, with a password.

It refuses root, so where we are root it runs in a user namespace. Clients come over TCP alone: the
path of a Unix socket may not be longer than 107 bytes.
"""

from __future__ import annotations

from rackhouse.desired.embedded.part import HERE, Part, argv, machine, vault, version
from rackhouse.rack.model import Postgres, Rack
from rackhouse.resources.core import Resource, Text
from rackhouse.resources.machine import (
    CommandProbe,
    Folder,
    Identity,
    Job,
    Port,
    Process,
    Program,
)
from rackhouse.resources.place import Place
from rackhouse.resources.tools import Tools
from rackhouse.resources.vault import Password

ADMIN = "rackhouse"
SECRET = vault("secret", "postgres")
PORT = machine("port", "postgres")
FOLDER = machine("folder", "postgres")
PROCESS = machine("process", "postgres")


def postgres(rack: Rack, tools: Tools) -> Part:
    """Its data lies in `data/postgres/<major>`, so that no version opens another's by mistake."""
    size = rack.data.postgres or Postgres()
    major = tools.version("postgres").partition(".")[0]
    init = machine("job", f"postgres.init@{major}")
    path, number = FOLDER.ref("path"), PORT.ref("number")
    make = Program(
        command=argv(
            tools.python,
            "-m",
            "rackhouse.targets.embedded.initdb",
            tools.postgres_bin,
            Text.of(path),
            major,
            ADMIN,
        ),
        env=(("RACKHOUSE_PASSWORD", Text.of(SECRET.ref("value"))),),
        folder=Text.of(path),
        identity=Identity.UNPRIVILEGED,
    )
    cluster = Text.of(path, f"/{major}")
    serve = Program(
        command=(
            *argv(tools.python, "-m", "rackhouse.targets.embedded.postgres", cluster),
            *argv(f"{tools.postgres_bin}/postgres", "-D", cluster),
            *argv("-p", Text.of(number), *_settings(size)),
        ),
        env=(("LC_ALL", Text.of("C")), version(tools, "postgres")),
        folder=Text.of(path),
    )
    is_ready = argv(
        f"{tools.postgres_bin}/pg_isready", "-q", "-t", "2", "-h", HERE, "-p", Text.of(number)
    )
    process = Process(
        program=serve,
        probe=CommandProbe(is_ready),  # the port is open long before recovery has ended
        stop_signal="SIGINT",  # "fast": does not wait for clients to leave
        grace=30.0,
    )
    return Part(
        resources=(
            Resource(id=SECRET, spec=Password(), keep=True),
            Resource(id=PORT, spec=Port()),
            Resource(id=FOLDER, spec=Folder("data/postgres"), keep=True),
            Resource(id=init, spec=Job(program=make, timeout=300.0), once=True),
            Resource(id=PROCESS, spec=process, needs=frozenset({init})),
        ),
        place=Place(
            name="postgres", kind="postgres", address=_address(), needs=frozenset({PROCESS})
        ),
        outputs={"host": Text.of(HERE), "port": Text.of(number)},
    )


def _address() -> dict[str, Text]:
    return {
        "host": Text.of(HERE),
        "port": Text.of(PORT.ref("number")),
        "user": Text.of(ADMIN),
        "password": Text.of(SECRET.ref("value")),
    }


def _settings(size: Postgres) -> tuple[str, ...]:
    settings = {
        "listen_addresses": HERE,
        "unix_socket_directories": "",
        "shared_buffers": f"{size.memory // 1024}kB",
        "max_connections": str(size.connections),
        "io_method": "sync",  # three processes fewer; faster only on disks that a home seldom has
        "min_wal_size": "32MB",
        "max_wal_size": "256MB",
        "log_destination": "stderr",
        "log_timezone": "UTC",
        "timezone": "UTC",
    }
    return tuple(word for name, value in settings.items() for word in ("-c", f"{name}={value}"))
