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
from obstore.exceptions import BaseError
from obstore.store import S3Store

from integration.parts.starter import free_ports
from rackhouse.desired.kube import kube
from rackhouse.desired.platform.build import platform, together
from rackhouse.kit.binaries import find_tools
from rackhouse.rack.load import load
from rackhouse.resources.core import Hidden
from rackhouse.resources.kube import Object, Secret
from unit.desired.scenario import released

pytestmark = pytest.mark.slow
PATIENCE = 60.0
WEED_PORTS = (
    *("s3.port", "s3.port.grpc", "master.port", "master.port.grpc", "volume.port"),
    *("volume.port.grpc", "filer.port", "filer.port.grpc"),
)


RACK = load("nodes: {pi: {role: server, board: rpi5-8gb, disk: nvme, address: 10.20.20.11}}")
APP = released("""
apiVersion: score.dev/v1b1
metadata: {name: hello}
containers: {work: {image: ., command: [run], variables: {R: "${resources.visits.url}",
  S: "${resources.pictures.endpoint}"}}}
resources: {visits: {type: redis}, pictures: {type: s3}}
""")
ALL = together(kube(RACK, [APP], ()), platform(RACK))


@pytest.fixture(autouse=True)
def _here_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def pod(name: str) -> dict[str, Any]:
    """The specification of its pod, on a cluster of one machine with one application."""
    (made,) = [it for id, it in ALL.items() if str(id).endswith(f"Set/data.{name}")]
    assert isinstance(made.spec, Object)
    found: dict[str, Any] = json.loads(str(made.spec.body))["spec"]["template"]["spec"]
    return found


def secrets(name: str, folder: Path) -> dict[str, str]:
    """What is under each key of its Secret, filled: each value is called as its thing is. Laid out
    as the pod finds it.
    """
    (made,) = [it for id, it in ALL.items() if str(id).endswith(f"Secret/data.{name}")]
    assert isinstance(made.spec, Secret)
    values = {ref: Hidden(ref.to.name.replace(".", "")) for ref in made.refs}
    found = {key: text.fill(values) for key, text in made.spec.values}
    folder.mkdir()
    for key, text in found.items():
        (folder / key).write_text(text)
    return found


def words(container: Mapping[str, Any], folder: Path) -> list[str]:
    """Its command and arguments, for a folder instead of its volume."""
    said = [*container["command"], *container.get("args", [])]
    return [word.replace("/data", str(folder)) for word in said]


@contextmanager
def running(command: Sequence[str], folder: Path, **more: str) -> Iterator[None]:
    """A server, until the test ends."""
    log = folder.with_suffix(".log")
    with log.open("wb") as out:
        env = {**os.environ, "HOME": str(folder), **more}
        server = subprocess.Popen(command, cwd=folder, env=env, stdout=out, stderr=out)
        try:
            yield
        finally:
            server.kill()
            server.wait()


def test_each_user_has_its_own_keys_and_nobody_else_comes_in(tmp_path: Path) -> None:
    spec, folder, kept = pod("valkey"), tmp_path / "data", tmp_path / "secrets"
    folder.mkdir()
    (first,), (server,) = spec["initContainers"], spec["containers"]
    admin = secrets("valkey", kept)["password"]
    env = {"PATH": os.environ["PATH"], "REDISCLI_AUTH": admin}
    laid = [it.replace("/secrets", str(kept)) for it in words(first, folder)]
    for _ in range(2):
        subprocess.run(laid, env=env, check=True, timeout=PATIENCE)

    command = [find_tools()["valkey"], *words(server, folder)[1:], "--bind", "127.0.0.1"]
    port = free_ports(1)
    command[command.index("--port") + 1] = str(port)
    with running(command, folder):
        ours = redis.Redis(port=port, username="rackhouse", password=admin)
        until(ours.ping)
        assert ours.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        theirs = redis.Redis(port=port, username="hello.visits", password="hellovisits")
        assert theirs.set("hello.visits:1", "x")
        for refused in (("SET", "other:1", "x"), ("KEYS", "*"), ("ACL", "LIST")):
            with pytest.raises(redis.exceptions.NoPermissionError):
                theirs.execute_command(*refused)
        with pytest.raises(redis.AuthenticationError):
            redis.Redis(port=port).ping()


def test_each_bucket_has_a_key_of_its_own(tmp_path: Path) -> None:
    spec, folder, kept = pod("seaweedfs"), tmp_path / "data", tmp_path / "secrets"
    folder.mkdir()
    (server,) = spec["containers"]
    bucket = secrets("seaweedfs", kept)["buckets"]
    said = [it.replace("/secrets", str(kept)) for it in words(server, folder)]
    said = [it.replace("-ip.bind=0.0.0.0", "-ip.bind=127.0.0.1") for it in said]
    first = free_ports(len(WEED_PORTS))
    ports = range(first, first + len(WEED_PORTS))
    said += [f"-{name}={port}" for name, port in zip(WEED_PORTS, ports, strict=True)]
    said += [f"-{it}.localSocket={tmp_path / it}.sock" for it in ("filer", "s3")]
    with running([find_tools()["weed"], *said[1:]], folder, S3_BUCKET=bucket):
        url = f"http://127.0.0.1:{first}"
        until(
            lambda: httpx.get(url + server["readinessProbe"]["httpGet"]["path"]).raise_for_status()
        )
        assert httpx.get(f"{url}/{bucket}").status_code == 403
        mine = S3Store(
            bucket,
            endpoint=url,
            access_key_id="hellopicturesaccess",
            secret_access_key="hellopicturessecret",
            region="us-east-1",
            client_options={"allow_http": True},
        )
        until(lambda: mine.put("a.txt", b"hello"))
        assert bytes(mine.get("a.txt").bytes()) == b"hello"
        other = mine.__class__(
            "other",
            endpoint=url,
            access_key_id="hellopicturesaccess",
            secret_access_key="hellopicturessecret",
            region="us-east-1",
            client_options={"allow_http": True},
            retry_config={"max_retries": 0},
        )
        with pytest.raises(BaseError):
            other.put("a.txt", b"hello")


def until(ask: Any) -> None:
    """Wait for what a server does when it is ready."""
    over = time.monotonic() + PATIENCE
    while True:
        try:
            ask()
        except (redis.RedisError, httpx.HTTPError, BaseError):
            assert time.monotonic() < over, "it does not answer"
            time.sleep(0.1)
        else:
            return
