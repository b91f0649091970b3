"""Starts embedded parts without Rackhouse: fills the Texts that `desired.embedded` answers.

So the flags that are tested and measured here are the flags that a rack runs with. It chooses the
values itself and knows no plan, no store and no supervisor.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import random
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from rackhouse.desired.embedded.part import Part
from rackhouse.kit.binaries import find_tools
from rackhouse.kit.process import unprivileged
from rackhouse.resources.core import Hidden, Id, Ref, Resource, Values
from rackhouse.resources.machine import (
    CommandProbe,
    File,
    Folder,
    HttpProbe,
    Identity,
    Job,
    Port,
    Probe,
    Process,
    Program,
    TcpProbe,
)
from rackhouse.resources.tools import Tools
from rackhouse.resources.vault import Authority, Certificate, Password
from rackhouse.targets.vault import certificates


class Known(Mapping[Ref, Hidden]):
    """Values by reference, neighbours of ports worked out."""

    def __init__(self) -> None:
        self._values: dict[tuple[Id, str], str] = {}

    def put(self, id: Id, **outputs: str) -> None:
        self._values.update({(id, name): value for name, value in outputs.items()})

    def __getitem__(self, ref: Ref) -> Hidden:
        base, _, offset = ref.output.partition("+")
        value = self._values[ref.to, base]
        return Hidden(str(int(value) + int(offset)) if offset else value)

    def __iter__(self) -> Any:
        return (Ref(id, output) for id, output in self._values)

    def __len__(self) -> int:
        return len(self._values)


def tools() -> Tools:
    return Tools(**find_tools())


def free_ports(count: int) -> int:
    """The first of `count` neighbouring free ports."""
    while True:
        first = random.randrange(20_000, 32_000 - count)
        with contextlib.ExitStack() as held:
            try:
                for port in range(first, first + count):
                    opened = held.enter_context(socket.socket())
                    opened.bind(("127.0.0.1", port))
            except OSError:
                continue
            return first


@dataclass
class Running:
    """One started process."""

    id: Id
    spec: Process
    root: Path
    values: Values
    child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self.child is not None
        return self.child.pid

    @property
    def log(self) -> str:
        return (self.root / f"{self.id.name}.log").read_text(errors="replace")

    def launch(self) -> None:
        with (self.root / f"{self.id.name}.log").open("ab") as log:
            self.child = _start(self.spec.program, self.root, self.values, log)

    def wait(self, timeout: float = 30.0) -> None:
        """Until its probe answers. Ended by itself: the log is the reason."""
        deadline = time.monotonic() + timeout
        while not _answers(
            self.spec.probe, self.values, _environment(self.spec.program, self.values)
        ):
            assert self.child is not None
            if self.child.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"{self.id} is not ready:\n{self.log[-4000:]}")
            time.sleep(0.02)

    def start(self) -> None:
        self.launch()
        self.wait()

    def kill(self) -> None:
        """kill -9, of all that it started, and gone when this returns."""
        assert self.child is not None
        os.killpg(self.child.pid, signal.SIGKILL)
        self.child.wait()
        # The children of PostgreSQL are its group's and reaped by init: gone in a moment.
        with contextlib.suppress(ProcessLookupError):
            while True:
                os.killpg(self.child.pid, 0)
                time.sleep(0.02)

    def stop(self) -> float:
        """As the supervisor would. Answers how long it took."""
        assert self.child is not None
        began = time.monotonic()
        os.killpg(self.child.pid, signal.Signals[self.spec.stop_signal])
        try:
            self.child.wait(self.spec.grace)
        except subprocess.TimeoutExpired:  # SeaweedFS does not always end when it is told to
            self.kill()
        return time.monotonic() - began


@dataclass
class World:
    """Parts on one folder, with their values."""

    root: Path
    parts: tuple[Part, ...]
    values: Known = field(default_factory=Known)

    def __post_init__(self) -> None:
        self.processes: dict[str, Running] = {}
        resources = [resource for part in self.parts for resource in part.resources]
        for resource in _in_order(resources):
            self._make(resource)

    def start(self) -> None:
        """All at once, as a supervisor would."""
        for running in self.processes.values():
            running.launch()
        for running in self.processes.values():
            running.wait()

    def stop(self) -> None:
        for running in self.processes.values():
            if running.child is not None and running.child.poll() is None:
                running.stop()

    def address(self, part: Part) -> dict[str, str]:
        assert part.place is not None
        return {key: text.fill(self.values) for key, text in part.place.address.items()}

    def _make(self, resource: Resource[Any]) -> None:
        id = resource.id
        match resource.spec:
            case Password(length=length):
                self.values.put(id, value=secrets.token_hex(length)[:length])
            case Authority() as spec:
                self.values.put(id, **certificates.authority(spec, datetime.now(UTC)))
            case Certificate(names=names, days=days) as spec:
                issuer = certificates.Issuer(
                    spec.authority_certificate.fill(self.values),
                    spec.authority_key.fill(self.values),
                )
                now = datetime.now(UTC)
                self.values.put(id, **certificates.issue(names, issuer, days, now))
            case Port(count=count):
                self.values.put(id, number=str(free_ports(count)))
            case Folder(path=path):
                (self.root / path).mkdir(mode=0o700, parents=True, exist_ok=True)
                self.values.put(id, path=str(self.root / path))
            case File(path=path, content=content):
                file = self.root / path
                file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                file.touch(0o600)
                file.write_text(content.fill(self.values))
                self.values.put(id, path=str(file))
            case Job(program=program):
                with (self.root / f"{id.name}.log").open("ab") as log:
                    job = _start(program, self.root, self.values, log)
                assert job.wait(60) == 0, (self.root / f"{id.name}.log").read_text()
            case Process() as spec:
                self.processes[id.name] = Running(id, spec, self.root, self.values)
            case other:
                raise AssertionError(f"nothing here makes a {type(other).__name__}")


def _in_order(resources: Iterable[Resource[Any]]) -> list[Resource[Any]]:
    left, made, ordered = {r.id: r for r in resources}, set[Id](), []
    while left:
        ready = [r for r in left.values() if not (r.before & left.keys())]
        assert ready, f"a circle among {sorted(map(str, left))}"
        for resource in ready:
            made.add(resource.id)
            ordered.append(left.pop(resource.id))
    return ordered


def _environment(program: Program, values: Values) -> dict[str, str]:
    own = {name: text.fill(values) for name, text in program.env}
    return {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")} | own


def _start(program: Program, root: Path, values: Values, log: Any) -> subprocess.Popen[bytes]:
    argv = [word.fill(values) for word in program.command]
    if program.identity is Identity.UNPRIVILEGED:
        argv = list(unprivileged(argv))
    return subprocess.Popen(
        argv,
        env=_environment(program, values),
        cwd=program.folder.fill(values) or root,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        start_new_session=True,
        umask=0o077,
    )


def _answers(probe: Probe, values: Values, env: Mapping[str, str]) -> bool:
    match probe:
        case TcpProbe(port=port):
            with (
                contextlib.suppress(OSError),
                socket.create_connection(("127.0.0.1", int(port.fill(values))), 1),
            ):
                return True
            return False
        case HttpProbe(url=url):
            return 200 <= _get(url.fill(values)) < 400
        case CommandProbe(command=command):
            argv = [word.fill(values) for word in command]
            return (
                subprocess.run(argv, env=dict(env), capture_output=True, check=False).returncode
                == 0
            )
        case _:
            raise AssertionError(probe)


def _get(url: str) -> int:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=2)
    try:
        connection.request("GET", parts.path)
        return connection.getresponse().status
    except OSError:
        return 0
    finally:
        connection.close()
