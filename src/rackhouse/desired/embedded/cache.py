"""Valkey (the Redis role), from a wheel: on loopback, every write kept, nobody in without a name.

Each application is an ACL user. Valkey keeps them in `users.acl` beside its data, so that they
survive a restart; `targets.embedded.valkey` puts the administrator there before each start.
"""

from __future__ import annotations

from rackhouse.desired.embedded.part import HERE, Part, argv, machine, vault, version
from rackhouse.rack.model import Cache, Rack
from rackhouse.resources.core import Resource, Text
from rackhouse.resources.machine import CommandProbe, File, Folder, Port, Process, Program
from rackhouse.resources.place import Place
from rackhouse.resources.tools import Tools
from rackhouse.resources.vault import Password

ADMIN = "rackhouse"
SECRET = vault("secret", "cache")
PORT = machine("port", "cache")
FOLDER = machine("folder", "cache")
CONFIGURATION = machine("file", "cache.conf")
PROCESS = machine("process", "cache")


def cache(rack: Rack, tools: Tools) -> Part:
    """At most `data.cache.memory` bytes; when it is full, writes fail and nothing is dropped."""
    number, users = Text.of(PORT.ref("number")), Text.of(FOLDER.ref("path"), "/users.acl")
    program = Program(
        command=(
            *argv(tools.python, "-m", "rackhouse.targets.embedded.valkey", users, ADMIN),
            *argv(tools.valkey, Text.of(CONFIGURATION.ref("path"))),
        ),
        env=(("RACKHOUSE_PASSWORD", Text.of(SECRET.ref("value"))), version(tools, "valkey")),
        folder=Text.of(FOLDER.ref("path")),
    )
    # The port is open while the data is still being read; PONG comes when all of it is there.
    ready = argv(tools.python, "-m", "rackhouse.targets.embedded.valkey_ready", number, ADMIN)
    process = Process(program=program, probe=CommandProbe(ready), grace=20.0)
    configuration = _configuration(rack.data.cache or Cache())
    address = {
        "host": Text.of(HERE),
        "port": number,
        "user": Text.of(ADMIN),
        "password": Text.of(SECRET.ref("value")),
    }
    return Part(
        resources=(
            Resource(id=SECRET, spec=Password(), keep=True),
            Resource(id=PORT, spec=Port()),
            Resource(id=FOLDER, spec=Folder("data/cache"), keep=True),
            Resource(id=CONFIGURATION, spec=File("files/cache.conf", configuration)),
            Resource(id=PROCESS, spec=process),
        ),
        place=Place(name="cache", kind="cache", address=address, needs=frozenset({PROCESS})),
        outputs={"host": Text.of(HERE), "port": number},
    )


def _configuration(size: Cache) -> Text:
    path = FOLDER.ref("path")
    return Text.of(
        *(f"bind {HERE}\n", "port ", PORT.ref("number"), "\n"),
        *('dir "', path, '"\n', 'aclfile "', path, '/users.acl"\n'),
        "daemonize no\n",
        'logfile ""\n',
        # A write is on its way to the disk before it is acknowledged, so a kill loses none; a
        # power cut loses a second at most.
        "appendonly yes\n",
        "appendfsync everysec\n",
        'save ""\n',
        f"maxmemory {size.memory}\n",
        "maxmemory-policy noeviction\n",
        "enable-debug-command no\n",
        "enable-module-command no\n",
        "enable-protected-configs no\n",
    )
