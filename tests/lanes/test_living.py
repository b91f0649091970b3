"""Lane 3, every day: logs that are followed, commands in pods, ports of pods, and what a doctor
finds, by a real API server, kubelet and containerd.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import aclosing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from e2e.cluster_desk import Desk
from integration.docker.images import Tiny
from lanes.cluster import REGISTRY, Cluster
from lanes.desk import desk, rack
from lanes.processes import PATIENCE
from rackhouse.kit.errors import HostError
from rackhouse.operations.cluster.examined import examined
from rackhouse.operations.cluster.judge import judge
from rackhouse.operations.cluster.logs import follow, tail
from rackhouse.operations.logs import Line
from rackhouse.targets.kube.execute import Terminal, execute
from rackhouse.targets.kube.forward import forwarded
from rackhouse.targets.kube.kubeconfig import Access, read

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("kubernetes")]
SCORE = f"""
apiVersion: score.dev/v1b1
metadata: {{name: NAME}}
containers:
  web:
    image: {REGISTRY}/strangers/talks:1.0
    command:
    - /bin/sh
    - -c
    - |
      httpd -p 8080 -h /www
      trap 'exit 0' TERM
      i=0
      while :; do echo $GREETING $i; i=$((i + 1)); sleep 0.2; done
    variables: {{GREETING: "SAID"}}
    readinessProbe: {{httpGet: {{path: /, port: 8080}}}}
service: {{ports: {{web: {{port: 80, targetPort: 8080}}}}}}
"""
NOW = datetime.now(UTC)
PODS = "/api/v1/namespaces/talks/pods"


@pytest.fixture
def at(cluster: Cluster, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Iterator[Desk]:
    """With an application that talks."""
    cluster.import_image(Tiny("talks"), f"{REGISTRY}/strangers/talks:1.0")
    made = desk(tmp_path, capfd, cluster)
    made.writes(rack("talks"))
    made.release("talks", "hello", SCORE)
    made.joins("lab")
    made.apply()
    yield made
    made.leaves("talks")
    made.apply()


def pod(cluster: Cluster) -> str:
    [found] = cluster.control.hand.ask("GET", PODS)["items"]
    return f"{PODS}/{found['metadata']['name']}"


def counted(lines: Sequence[Line], word: str) -> list[int]:
    """The numbers behind a word, in the order of the lines."""
    words = [line.text.split() for line in lines]
    return [int(number) for first, number in words if first == word]


async def test_every_day(at: Desk, cluster: Cluster) -> None:
    access = read(at.clusters["lab"].kubeconfig())
    await _commands(access, pod(cluster))
    with at.house() as house:
        measured = await examined(house, "lab", NOW)
        assert [it.name for it in measured.disks] == ["the disk of node-1"]
        assert not {"clock", "nodes", "versions"} & {it.rule for it in judge(measured, NOW)}
        lines = await tail(house, {"talks": "lab"}, 3)
        assert len(lines) == 3
        assert lines[0].unit.startswith("talks.web@")
        seen = list[Line]()
        async with (
            asyncio.timeout(4 * PATIENCE),
            aclosing(follow(house, {"talks": "lab"}, 2, _fail)) as stream,
        ):
            rolled: asyncio.Task[str] | None = None
            async for line in stream:
                seen.append(line)
                if rolled is None and len(seen) > 8:
                    rolled = asyncio.create_task(asyncio.to_thread(_roll, at))
                if counted(seen, "evening")[-1:] >= [8]:
                    break
            assert rolled is not None
            await rolled
    for word in ("hello", "evening"):
        numbers = counted(seen, word)
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers))), word
    assert counted(seen, "evening")[0] == 0, "a pod that is new, from its first line on"


def _roll(at: Desk) -> str:
    at.release("talks", "evening", SCORE)
    return at.apply()


def _fail(error: Exception) -> None:
    raise error


async def _commands(access: Access, path: str) -> None:
    async def words() -> AsyncIterator[bytes]:
        yield b"in"

    out, err = bytearray(), bytearray()
    terminal = Terminal(words=words(), out=out.extend, err=err.extend)
    argv = ("sh", "-c", "cat; echo wrong >&2; exit 4")
    assert await execute(access, path, "web", argv, terminal) == 4
    assert (bytes(out), bytes(err)) == (b"in", b"wrong\n")
    await _terminal(access, path)
    with pytest.raises(HostError, match='"nothing": executable file not found'):
        await execute(access, path, "web", ("nothing",), terminal)
    async with asyncio.timeout(PATIENCE), forwarded(access, path, 8080) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.0\r\n\r\n")
        assert (await reader.read()).endswith(b"talks\n")
        writer.close()
    async with asyncio.timeout(PATIENCE), forwarded(access, path, 8081) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        assert await reader.read() == b"", "nobody listens there"
        writer.close()


async def _terminal(access: Access, path: str) -> None:
    """A command sees a terminal, and how large it is, also when that changes."""

    async def words() -> AsyncIterator[bytes]:
        yield b"word\r"
        await asyncio.Event().wait()

    async def sizes() -> AsyncIterator[tuple[int, int]]:
        yield 100, 40
        yield 90, 30

    out = bytearray()
    terminal = Terminal(words=words(), out=out.extend, err=out.extend, sizes=sizes())
    script = 'read it; until [ "$(stty size)" = "30 90" ]; do sleep 0.1; done; echo "<$it>"; tty'
    async with asyncio.timeout(PATIENCE):
        assert await execute(access, path, "web", ("sh", "-c", script), terminal) == 0
    assert b"<word>\r\n/dev/pts/" in out
