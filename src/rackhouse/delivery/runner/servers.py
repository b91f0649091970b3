"""Servers for one run, from the rack's own programs: PostgreSQL and Valkey (the Redis role).

Each runs in a sandbox of its own beside the jobs, keeps nothing, and is killed with the run.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rackhouse.delivery.runner.isolation import isolation
from rackhouse.delivery.runner.limits import Limits
from rackhouse.delivery.runner.sandbox import sandboxed
from rackhouse.delivery.runner.services import Server
from rackhouse.kit.binaries import find_tools
from rackhouse.kit.errors import NotReady, Refused
from rackhouse.kit.files import make_folder
from rackhouse.kit.process import Finished, run, unprivileged
from rackhouse.kit.tail import Say

_HERE = "127.0.0.1"
_PATIENCE = 60.0  # seconds until it must answer
_NAME = re.compile(r"[A-Za-z_][\w.-]{0,62}")

# A file of its own would be one more place where the password lies: it goes by the pipe.
_POSTGRES = """
set -e
export LC_ALL=C
printf %s "$POSTGRES_PASSWORD" | "$1/initdb" -D data -U "$2" --auth="$5" --pwfile=/dev/stdin \\
    --encoding=UTF8 --no-locale --locale-provider=builtin --builtin-locale=C.UTF-8 \\
    --no-instructions --no-sync >/dev/null
if [ "$3" != postgres ]; then
    echo "CREATE DATABASE \\"$3\\"" | "$1/postgres" --single -D data postgres >/dev/null
fi
unset POSTGRES_PASSWORD
exec "$1/postgres" -D data -h 127.0.0.1 -p "$4" -c unix_socket_directories= -c io_method=sync \\
    -c fsync=off -c full_page_writes=off -c synchronous_commit=off -c shared_buffers=32MB
"""

Ready = Callable[[], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class _Program:
    name: str
    argv: Sequence[str]
    env: Mapping[str, str]
    ready: Ready


class OwnServers:
    """`Services` of a rack of one. `hide`: as of the jobs."""

    def __init__(self, hide: Sequence[Path], limits: Limits) -> None:
        self._hide, self._limits = hide, limits

    @contextlib.asynccontextmanager
    async def __call__(
        self, servers: Mapping[int, Server], folder: Path, say: Say
    ) -> AsyncIterator[None]:
        """Start them all at once; they answer when the context is entered."""
        if not servers:
            yield
            return
        programs = [_program(server) for server in servers.values()]
        tasks = [asyncio.create_task(self._run(program, folder)) for program in programs]
        try:
            for program, task in zip(programs, tasks, strict=True):
                await _until_ready(program, task)
                say(f"the rack's own {program.name} answers")
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)

    async def _run(self, program: _Program, folder: Path) -> Finished:
        own = folder / f"service-{program.name.rpartition(' ')[2]}"
        make_folder(own)
        return await sandboxed(
            program.argv,
            folder=own,
            env=program.env,
            hide=self._hide,
            limits=self._limits,
        )


def _program(server: Server) -> _Program:
    # Here, since it brings much, and few runs have services.
    from rackhouse.targets.machine.listeners import is_free, who_listens

    if not is_free(_HERE, server.port):
        who = who_listens(server.port)
        raise Refused(
            f"the service {server.asked!r} wants port {server.port}, and it is taken"
            + (f" by {who}" if who else ""),
            fix="map another port, as `ports: ['15432:5432']`, or wait until the other run ended",
        )
    return _postgres(server) if server.kind == "postgres" else _redis(server)


def _postgres(server: Server) -> _Program:
    tools, said = find_tools(), {n: v.reveal() for n, v in server.variables.items()}
    user = said.get("POSTGRES_USER") or "postgres"
    database = said.get("POSTGRES_DB") or user
    password = said.get("POSTGRES_PASSWORD", "")
    trust = said.get("POSTGRES_HOST_AUTH_METHOD") == "trust"
    _check(server, user, database, password, trust=trust)
    binaries, port = tools["postgres_bin"], str(server.port)
    how = "trust" if trust else "scram-sha-256"
    argv = ("sh", "-c", _POSTGRES, "sh", binaries, user, database, port, how)
    is_ready = (f"{binaries}/pg_isready", "-q", "-t", "2", "-h", _HERE, "-p", port)

    async def ready() -> bool:
        return (await run(is_ready, env={"PATH": os.defpath}, timeout=20)).code == 0

    inside = isolation().user_namespace  # nobody is root in there
    return _Program(
        name=f"PostgreSQL {tools['versions'].partition('postgres=')[2].split()[0]} on port {port}",
        argv=argv if inside else unprivileged(argv),
        env={"PATH": os.defpath, "POSTGRES_PASSWORD": password or "trusted"},
        ready=ready,
    )


def _check(server: Server, user: str, database: str, password: str, *, trust: bool) -> None:
    for word in (user, database):
        if not _NAME.fullmatch(word):
            raise Refused(
                f"the service {server.asked!r}: {word!r} is no name for a user or database",
                fix="use letters, digits and underscores",
            )
    if not password and not trust:
        raise Refused(
            f"the service {server.asked!r} has no password, as its image would refuse it too",
            fix="set POSTGRES_PASSWORD in its `env:`",
        )


def _redis(server: Server) -> _Program:
    tools, port = find_tools(), str(server.port)

    async def ready() -> bool:
        try:
            reader, writer = await asyncio.open_connection(_HERE, server.port)
        except OSError:
            return False
        writer.write(b"PING\r\n")
        answer = await reader.readline()
        writer.close()
        return answer == b"+PONG\r\n"

    settings = ("--bind", _HERE, "--port", port, "--save", "", "--appendonly", "no", "--dir", ".")
    return _Program(
        name=f"Valkey {tools['versions'].partition('valkey=')[2].split()[0]} on port {port}",
        argv=(tools["valkey"], *settings),
        env={"PATH": os.defpath},
        ready=ready,
    )


async def _until_ready(program: _Program, task: asyncio.Task[Finished]) -> None:
    deadline = asyncio.get_running_loop().time() + _PATIENCE
    while not await program.ready():
        if task.done():
            raise NotReady(
                f"{program.name} ended instead of starting: {task.result().last or 'no word'}",
                fix="see `env:` of the service in the workflow",
            )
        if asyncio.get_running_loop().time() > deadline:
            raise NotReady(
                f"{program.name} did not answer within {_PATIENCE:g} s", fix="run it again"
            )
        await asyncio.sleep(0.05)
