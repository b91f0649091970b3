"""A container on a real engine: made as asked, healthy before it counts, mended, removed."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from integration.docker.conftest import container, id_of, look, make, quiet
from integration.docker.daemon import Daemon
from integration.docker.images import Tiny
from rackhouse.kit.errors import CrashLoop, HostError, NotReady, Refused
from rackhouse.resources.core import Hidden, Id, Resource, Text
from rackhouse.resources.docker import (
    AliveHealth,
    CommandHealth,
    Container,
    HttpHealth,
    Image,
    Mount,
    Network,
    Published,
    Restart,
    Volume,
)
from rackhouse.targets.docker import Docker
from rackhouse.targets.docker.engine import Engine

pytestmark = pytest.mark.slow

PASSWORD = Id("vault", "secret", "hello.db")
SERVER = ("/bin/httpd", "-f", "-p", "80", "-h", "/www")


def wanted(name: str, spec: Container) -> Resource[Container]:
    return Resource(id=id_of("container", name), spec=spec)


async def inspect(engine: Engine, name: str) -> Any:
    return await engine.ask("GET", f"/containers/{name}/json")


async def said(target: Docker, name: str, lines: int) -> list[str]:
    """The first lines that it wrote, waited for."""
    found: list[str] = []
    async with asyncio.timeout(60):
        async for line in target.logs(id_of("container", name), follow=True):
            found.append(line)
            if len(found) == lines:
                break
    return found


async def test_it_has_what_was_asked_for(target: Docker, engine: Engine, name: str) -> None:
    spec = container(
        environment=(("GREETING", Text.of("hello")),),
        memory=48 << 20,
        ports=(Published(80, 8080), Published(53, 5353, address="127.0.0.2", protocol="udp")),
        labels=(("com.example.team", "gpu"),),
        user="1000",
    )
    await make(target, wanted(name, spec))
    there = await inspect(engine, name)
    assert "GREETING=hello" in there["Config"]["Env"]
    assert there["Config"]["User"] == "1000"
    assert there["Config"]["Labels"]["com.example.team"] == "gpu"
    assert there["HostConfig"]["Memory"] == 48 << 20
    assert there["HostConfig"]["RestartPolicy"]["Name"] == "unless-stopped"
    assert there["NetworkSettings"]["Ports"] == {
        "80/tcp": [{"HostIp": "127.0.0.1", "HostPort": "8080"}],
        "53/udp": [{"HostIp": "127.0.0.2", "HostPort": "5353"}],
    }


async def test_memory_is_a_limit_that_is_enforced(target: Docker, name: str) -> None:
    eat = "x=0123456789abcdef; while :; do x=$x$x; done"
    spec = container(
        *("/bin/sh", "-c", eat),
        memory=8 << 20,
        restart=Restart.NEVER,
        health=AliveHealth(60.0),
        patience=90.0,
    )
    with pytest.raises(CrashLoop, match="more memory than it may"):
        await make(target, wanted(name, spec))


async def test_a_secret_is_a_file_that_its_user_alone_reads(
    target: Docker, engine: Engine, name: str
) -> None:
    reads = "cat /run/secrets/db; echo; stat -c '%a %u' /run/secrets/db; while :; do sleep 1; done"
    spec = container(
        *("/bin/sh", "-c", reads),
        secrets=(("db", Text.of("p:", PASSWORD.ref("value"))),),
        user="1000:1000",
        grace=0.0,
    )
    heard: list[str] = []
    values = {PASSWORD.ref("value"): Hidden("s3cret-value")}
    made = await make(target, wanted(name, spec), values=values, say=heard.append)
    assert await said(target, name, 2) == ["p:s3cret-value", "400 1000"]
    shown = f"{await inspect(engine, name)} {made} {heard}"
    assert "s3cret-value" not in shown


async def test_a_secret_that_a_program_says_before_it_ends_is_not_repeated(
    target: Docker, name: str
) -> None:
    spec = container(
        *("/bin/sh", "-c", "cat /run/secrets/db; exit 3"),
        secrets=(("db", Text.of(PASSWORD.ref("value"))),),
        restart=Restart.NEVER,
    )
    values = {PASSWORD.ref("value"): Hidden("s3cret-value")}
    with pytest.raises(CrashLoop, match=r"exit code 3(?s:.*)\*\*\*") as caught:
        await make(target, wanted(name, spec), values=values)
    assert "s3cret-value" not in str(caught.value)


@pytest.mark.parametrize(
    "shown",
    [
        {"environment": (("PASSWORD", Text.of(PASSWORD.ref("value"))),)},
        {"health": HttpHealth(Text.of("http://x/?", PASSWORD.ref("value")))},
    ],
    ids=["environment", "health"],
)
async def test_a_secret_where_the_engine_would_show_it_is_refused(
    shown: dict[str, Any], target: Docker, name: str
) -> None:
    values = {PASSWORD.ref("value"): Hidden("s3cret-value")}
    with pytest.raises(Refused, match="docker inspect"):
        await make(target, wanted(name, container(**shown)), values=values)
    assert await look(target, id_of("container", name)) is None


async def test_a_secret_for_an_account_that_has_only_a_name_is_refused(
    target: Docker, name: str, tmp_path: Path
) -> None:
    tiny = Tiny("named", user="daemon")
    image = Image(tiny.id, tiny.save(tmp_path / "named.tar"))
    await make(target, Resource(id=id_of("image", "named"), spec=image))
    spec = Container(image=Text.of(tiny.id), secrets=(("a", Text.of("b")),))
    with pytest.raises(HostError, match="runs as 'daemon'"):
        await make(target, wanted(name, spec))


async def test_a_health_check_inside_is_waited_for_and_seen_to_fail_later(
    target: Docker, engine: Engine, name: str
) -> None:
    late = "sleep 3; echo > /up; trap 'exit 0' TERM; while :; do sleep 0.1; done"
    check = CommandHealth(("/bin/sh", "-c", "test -f /up || { echo not yet; exit 1; }"), every=1.0)
    heard: list[str] = []
    spec = container("/bin/sh", "-c", late, health=check)
    made = await make(target, wanted(name, spec), say=heard.append)
    assert made.ready
    assert any("health check" in words for words in heard)
    assert (await inspect(engine, name))["State"]["Health"]["Status"] == "healthy"
    spoil = {"Cmd": ["/bin/busybox", "rm", "/up"]}
    started = await engine.ask("POST", f"/containers/{name}/exec", body=spoil)
    await engine.ask("POST", f"/exec/{started['Id']}/start", body={"Detach": True})
    async with asyncio.timeout(60):
        while (seen := await look(target, made.id)) and seen.ready:
            await asyncio.sleep(0.2)
    assert seen
    assert seen.why == "its health check says: not yet"


async def test_a_health_check_from_here_is_waited_for(
    target: Docker, daemon: Daemon, name: str
) -> None:
    heard: list[str] = []
    late = "sleep 3; exec httpd -f -p 80 -h /www"
    async with daemon.forwarded("127.0.0.1", 8090) as port:
        spec = container(
            *("/bin/sh", "-c", late),
            ports=(Published(80, 8090),),
            health=HttpHealth(Text.of(f"http://127.0.0.1:{port}/")),
            grace=0.0,
        )
        made = await make(target, wanted(name, spec), say=heard.append)
        assert made.ready
        assert any(words.startswith("GET http://127.0.0.1") for words in heard)
    seen = await look(target, made.id)
    assert seen
    assert not seen.ready


async def test_one_that_never_gets_healthy_is_said_so_and_can_be_mended(
    target: Docker, name: str
) -> None:
    check = CommandHealth(("/bin/false-it-is",), every=1.0)
    with pytest.raises(NotReady, match="after 2 s"):
        await make(target, wanted(name, container(health=check, patience=2.0)))
    half = await look(target, id_of("container", name))
    assert half
    assert half.stamp
    assert half.stamp.found == ""
    assert (await make(target, wanted(name, container()))).ready


async def test_one_that_keeps_ending_is_told_with_its_last_words(target: Docker, name: str) -> None:
    ends = "echo no such model; exit 4"
    spec = container("/bin/sh", "-c", ends, health=AliveHealth(1.0), patience=30.0)
    with pytest.raises(CrashLoop, match=r"(?s)exit code 4.*no such model"):
        await make(target, wanted(name, spec))


@pytest.mark.parametrize(
    ("by_hand", "why"),
    [("stop", "it has ended (exit code 0)"), ("pause", "it is paused"), ("kill", "it has ended")],
)
async def test_one_that_a_hand_stopped_is_started_again_as_it_is(
    by_hand: str, why: str, target: Docker, engine: Engine, name: str
) -> None:
    resource = wanted(name, container())
    made = await make(target, resource)
    before = (await inspect(engine, name))["Id"]
    await engine.ask("POST", f"/containers/{name}/{by_hand}")
    stopped = await look(target, made.id)
    assert stopped
    assert not stopped.ready
    assert stopped.why.startswith(why)
    assert await make(target, resource) == made
    assert (await inspect(engine, name))["Id"] == before


async def test_one_that_a_hand_renamed_is_ours_all_the_same(
    target: Docker, engine: Engine, name: str
) -> None:
    await make(target, wanted(name, container()))
    renamed = f"By_Hand_{name}"
    await engine.ask("POST", f"/containers/{name}/rename", query={"name": renamed})
    assert await look(target, id_of("container", name)) is None
    [seen] = [one for one in await target.observe(None) if one.id.kind == "container"]
    assert seen.stamp
    await target.remove(seen, quiet)
    assert await engine.ask("GET", "/containers/json", query={"all": 1}) == []


async def test_one_that_a_hand_took_off_its_network_is_made_anew(
    target: Docker, engine: Engine, name: str
) -> None:
    for network in ("front", "back"):
        await make(target, Resource(id=id_of("network", network), spec=Network()))
    resource = wanted(name, container(networks=("front", "back")))
    made = await make(target, resource)
    both = {"front", "back"}
    assert set((await inspect(engine, name))["NetworkSettings"]["Networks"]) == both
    await engine.ask("POST", "/networks/back/disconnect", body={"Container": name})
    cut = await look(target, made.id)
    assert cut
    assert cut.found != made.found
    assert await make(target, resource) == made
    assert set((await inspect(engine, name))["NetworkSettings"]["Networks"]) == both


async def test_containers_on_a_network_find_each_other_by_name(target: Docker, name: str) -> None:
    await make(target, Resource(id=id_of("network", "front"), spec=Network(internal=True)))
    server = wanted(f"{name}-server@r1", container(*SERVER, networks=("front",), grace=0.0))
    await make(target, server)
    asks = f"until wget -q -O - http://{name}-server_r1/; do sleep 0.2; done; sleep 60"
    await make(
        target, wanted(name, container("/bin/sh", "-c", asks, networks=("front",), grace=0.0))
    )
    assert await said(target, name, 1) == ["hello"]


async def test_a_network_with_containers_on_it_stays(target: Docker, name: str) -> None:
    network = await make(target, Resource(id=id_of("network", "front"), spec=Network()))
    await make(target, wanted(name, container(networks=("front",))))
    with pytest.raises(Refused, match="active endpoints"):
        await target.remove(network, quiet)
    assert await look(target, network.id) == network


async def test_what_is_in_a_volume_outlives_its_container(target: Docker, name: str) -> None:
    volume = await make(target, Resource(id=id_of("volume", "data"), spec=Volume(), keep=True))
    mounted = {"mounts": (Mount("/data", volume="data"),), "grace": 0.0}
    there = CommandHealth(("/bin/test", "-f", "/data/a"), every=1.0)
    writes = "echo kept > /data/a; sleep 60"
    first = container("/bin/sh", "-c", writes, health=there, **mounted)
    await target.remove(await make(target, wanted(name, first)), quiet)
    second = container("/bin/sh", "-c", "cat /data/a; sleep 60", **mounted)
    await make(target, wanted(name, second))
    assert await said(target, name, 1) == ["kept"]
    with pytest.raises(Refused, match="volume is in use"):
        await target.remove(volume, quiet)
    assert await look(target, volume.id) == volume


async def test_a_taken_port_is_told_in_words_and_leaves_nothing_in_the_way(
    target: Docker, name: str
) -> None:
    spec = container(ports=(Published(80, 8070),))
    first = await make(target, wanted(f"{name}-a", spec))
    with pytest.raises(HostError, match="port is already allocated"):
        await make(target, wanted(f"{name}-b", spec))
    await target.remove(first, quiet)
    assert (await make(target, wanted(f"{name}-b", spec))).ready


async def test_a_gpu_is_asked_of_the_engine(target: Docker, engine: Engine, name: str) -> None:
    """This engine has no toolkit: it takes the request, and refuses to start."""
    with pytest.raises(HostError, match="could not select device driver"):
        await make(target, wanted(name, container(gpus=("0",))))
    [asked] = (await inspect(engine, name))["HostConfig"]["DeviceRequests"]
    assert asked["DeviceIDs"] == ["0"]
    assert asked["Capabilities"] == [["gpu"]]
    assert (await make(target, wanted(name, container()))).ready


async def test_a_program_that_is_not_in_the_image_is_told(target: Docker, name: str) -> None:
    with pytest.raises(HostError, match="no such file") as caught:
        await make(target, wanted(name, container("/bin/nothing")))
    assert "is the command" in caught.value.fix


async def test_its_words_can_be_followed(target: Docker, name: str) -> None:
    counts = "for i in 1 2 3; do echo line $i; sleep 0.2; done; echo bad >&2; sleep 60"
    await make(target, wanted(name, container("/bin/sh", "-c", counts, grace=0.0)))
    assert await said(target, name, 4) == ["line 1", "line 2", "line 3", "bad"]
    last = target.logs(id_of("container", name), last=1)
    assert [line async for line in last] == ["bad"]
