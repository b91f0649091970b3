"""Valkey and SeaweedFS themselves take the words that their pods on a cluster are given."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import redis

from integration.parts.starter import free_ports
from rackhouse.desired.embedded.objects import identities
from rackhouse.desired.platform.build import platform
from rackhouse.kit.binaries import find_tools
from rackhouse.rack.load import load
from rackhouse.resources.core import Text
from rackhouse.resources.kube import Object

pytestmark = pytest.mark.slow
PATIENCE = 60.0
PASSWORD = "a-password"
WEED_PORTS = (
    *("s3.port", "s3.port.grpc", "master.port", "master.port.grpc", "volume.port"),
    *("volume.port.grpc", "filer.port", "filer.port.grpc"),
)


def pod(name: str) -> dict[str, Any]:
    """The specification of its pod, on a rack that says nothing."""
    (made,) = [it for id, it in platform(load("")).items() if str(id).endswith(f"Set/data.{name}")]
    assert isinstance(made.spec, Object)
    found: dict[str, Any] = json.loads(str(made.spec.body))["spec"]["template"]["spec"]
    return found


def words(container: Mapping[str, Any], folder: Path) -> list[str]:
    """Its command and arguments, for a folder instead of its volume."""
    said = [*container["command"], *container.get("args", [])]
    return [word.replace("/data", str(folder)) for word in said]


@contextmanager
def running(command: Sequence[str], folder: Path) -> Iterator[None]:
    """A server, until the test ends."""
    log = folder.with_suffix(".log")
    with log.open("wb") as out:
        env = {**os.environ, "HOME": str(folder)}
        server = subprocess.Popen(command, cwd=folder, env=env, stdout=out, stderr=out)
        try:
            yield
        finally:
            server.kill()
            server.wait()


def test_users_are_kept_and_the_administrators_password_is_the_latest(tmp_path: Path) -> None:
    spec, folder = pod("valkey"), tmp_path / "data"
    folder.mkdir()
    (folder / "users.acl").write_text(
        "user default on nopass +@all\nuser rackhouse on #0 +@all\n"
        "user hello on >secret ~h:* +@all\n"
    )
    (first,), (server,) = spec["initContainers"], spec["containers"]
    env = {"PATH": os.environ["PATH"], "REDISCLI_AUTH": PASSWORD}
    for _ in range(2):
        subprocess.run(words(first, folder), env=env, check=True, timeout=PATIENCE)
    assert len((folder / "users.acl").read_text().splitlines()) == 3

    command = [find_tools()["valkey"], *words(server, folder)[1:], "--bind", "127.0.0.1"]
    port = free_ports(1)
    command[command.index("--port") + 1] = str(port)
    with running(command, folder):
        admin = redis.Redis(port=port, username="rackhouse", password=PASSWORD)
        until(admin.ping)
        assert sorted(admin.acl_users()) == ["default", "hello", "rackhouse"]
        assert redis.Redis(port=port, username="hello", password="secret").set("h:1", "x")
        with pytest.raises(redis.AuthenticationError):
            redis.Redis(port=port).ping()
        assert admin.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        admin.close()


def test_objects_are_served_to_whoever_has_a_key(tmp_path: Path) -> None:
    spec, folder = pod("seaweedfs"), tmp_path / "data"
    folder.mkdir()
    (server,) = spec["containers"]
    file = tmp_path / "identities.json"
    file.write_text(str(identities(Text.of("access"), Text.of("secret"))))
    said = [it.replace("/secrets/identities.json", str(file)) for it in words(server, folder)]
    said = [it.replace("-ip.bind=0.0.0.0", "-ip.bind=127.0.0.1") for it in said]
    first = free_ports(len(WEED_PORTS))
    ports = range(first, first + len(WEED_PORTS))
    said += [f"-{name}={port}" for name, port in zip(WEED_PORTS, ports, strict=True)]
    said += [f"-{it}.localSocket={tmp_path / it}.sock" for it in ("filer", "s3")]
    probe = server["readinessProbe"]["httpGet"]["path"]
    with running([find_tools()["weed"], *said[1:]], folder):
        until(lambda: httpx.get(f"http://127.0.0.1:{ports[0]}{probe}").raise_for_status())
        refused = httpx.get(f"http://127.0.0.1:{ports[0]}/")
        assert refused.status_code == 403


def until(ask: Any) -> None:
    """Wait for what a server does when it is ready."""
    over = time.monotonic() + PATIENCE
    while True:
        try:
            ask()
        except (redis.RedisError, httpx.HTTPError):
            assert time.monotonic() < over, "it does not answer"
            time.sleep(0.1)
        else:
            return
