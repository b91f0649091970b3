"""A release on a cluster: it goes live, or what served goes on; and never more than was granted."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest

from rackhouse.delivery.onrack.identity import token, with_token
from rackhouse.delivery.onrack.records import KEEP, Owner, Records
from rackhouse.delivery.onrack.release import Door, granted_there, release, rollback
from rackhouse.delivery.onrack.turn import turn
from rackhouse.kit.errors import Locked, Missing, NotReady, Refused
from rackhouse.resources.core import Id
from rackhouse.store.protocol import ReleaseStatus
from rackhouse.targets.kube.server import Server
from rackhouse.twin.kube.app import create_app
from rackhouse.twin.kube.hand import create
from rackhouse.twin.kube.nodes.images import Image
from unit.delivery.onrack.place import HELLO, House, coming, house, image, later, released
from unit.targets.kube.place import Lab

LOCAL = {
    "metadata": {
        "name": "local-path",
        "annotations": {"storageclass.kubernetes.io/is-default-class": "true"},
    },
    "provisioner": "rancher.io/local-path",
    "volumeBindingMode": "Immediate",
    "reclaimPolicy": "Delete",
}
DEPLOYMENT = Id("kube.home", "Deployment", "hello.web")


@pytest.fixture
async def lab() -> AsyncIterator[House]:
    async with house(released(HELLO, 1)) as made:
        yield made


async def statuses(lab: House) -> dict[int, str]:
    found = await Records(lab.lab.way, "hello").all()
    return {it.number: it.status.value for it in found}


async def test_a_push_goes_live_as_the_next_release_and_is_recorded(lab: House) -> None:
    done = await release(lab.door, coming(), lab.heard.append)
    assert (done.number, done.image, done.by) == (2, image(7), "push main")
    assert await lab.serving() == image(7)
    assert await statuses(lab) == {1: "old", 2: "live"}
    (deployment,) = await lab.see([DEPLOYMENT])
    assert deployment.stamp.found == deployment.found


@pytest.mark.slow
async def test_what_the_rack_says_of_it_then_is_nothing_to_do(lab: House) -> None:
    await release(lab.door, coming(), lab.heard.append)
    (before,) = await lab.see([DEPLOYMENT])
    await lab.apply(released(HELLO, 2, image(7)))
    (after,) = await lab.see([DEPLOYMENT])
    assert after.stamp.digest == before.stamp.digest


async def test_whoever_looks_finds_nothing_changed_by_hand(lab: House) -> None:
    """A release knows no secret of the rack's, and yet what it finished is finished to the rack."""
    elsewhere = Lab(lab.lab.cluster, pace=lab.lab.pace, server=lab.lab.way)
    door = replace(lab.door, opens=lambda _: elsewhere.target)
    await release(door, coming(), lab.heard.append)
    for looking in (lab.lab, elsewhere):
        (deployment,) = await looking.target.observe([DEPLOYMENT])
        assert deployment.stamp is not None
        assert deployment.stamp.found == deployment.found


async def test_what_does_not_start_leaves_the_old_one_serving(lab: House) -> None:
    lab.lab.cluster.images.tell(image(7), Image(exits=1, logs=("KeyError: 'KEY'",)))
    with pytest.raises(NotReady, match="KeyError"):
        await release(lab.door, coming(), lab.heard.append)
    assert await lab.serving() == image(1)
    assert await statuses(lab) == {1: "live", 2: "failed"}
    (failed,) = [it for it in await Records(lab.lab.way, "hello").all() if it.number == 2]
    assert "KeyError" in failed.why
    done = await release(lab.door, coming(number=8), lab.heard.append)
    assert done.number == 3
    assert await lab.serving() == image(8)


@pytest.mark.slow
async def test_a_statefulset_that_does_not_start_goes_back_by_the_account_alone() -> None:
    kept = HELLO.replace("image: .,", "image: ., volumes: {/data: {source: '${resources.data}'}},")
    kept = kept.replace("{type: secret}", "{type: secret}, data: {type: volume}")
    async with house() as made:
        create(made.lab.cluster, "storageclasses.storage.k8s.io", LOCAL)
        await made.apply(released(kept, 1))
        made.lab.cluster.images.tell(image(7), Image(exits=1, logs=("KeyError: 'KEY'",)))
        cluster, access = made.lab.cluster, made.lab.way.access
        own = with_token(access, await token(made.lab.way, "hello"))
        account = Server(own, httpx.ASGITransport(app=create_app(cluster)))
        there = Lab(cluster, pace=made.lab.pace, server=account)
        door = Door(application="hello", server=account, opens=lambda _: there.target)
        with pytest.raises(NotReady, match=r"KeyError(?s:.*)what was before is being put back"):
            await release(door, coming(kept), made.heard.append)
        assert await made.serving() == image(1)
        done = await release(door, coming(kept, number=8), made.heard.append)
        assert (done.number, await made.serving()) == (3, image(8))


async def test_nobody_releases_while_another_goes_back(lab: House) -> None:
    maps = "/api/v1/namespaces/hello/configmaps"
    await release(lab.door, coming(), lab.heard.append)
    _, owner = await granted_there(lab.lab.way, "hello")
    async with turn(lab.lab.way, "hello", owner, "rollback"):
        with pytest.raises(Locked, match="what serves of hello is being changed, by rollback"):
            await release(lab.door, coming(number=8), lab.heard.append)
        with pytest.raises(Locked):
            await rollback(lab.door, None, 1000.0, lab.heard.append)
        later(lab, minutes=11)  # the token is over
        await rollback(lab.door, None, 1000.0, lab.heard.append)
        there = {it["metadata"]["name"] for it in (await lab.get(maps))["items"]}
        assert "release-turn" not in there
    assert await statuses(lab) == {1: "live", 2: "old"}


@pytest.mark.parametrize("now", [0.0, 1e10])
async def test_whose_clock_is_wrong_waits_for_its_turn_all_the_same(lab: House, now: float) -> None:
    _, owner = await granted_there(lab.lab.way, "hello")
    async with turn(lab.lab.way, "hello", owner, "rollback"):
        with pytest.raises(Locked):
            await release(lab.door, coming(now=now), lab.heard.append)
    await release(lab.door, coming(now=now), lab.heard.append)


class Forgetful(httpx.AsyncBaseTransport):
    """A way on which no record of r2 can be changed."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.method == "PATCH" and request.url.path.endswith("/release-r2"):
            return httpx.Response(500, json={"message": "no leader"})
        return await self._inner.handle_async_request(request)


async def test_why_it_failed_is_said_whatever_befalls_afterwards(lab: House) -> None:
    lab.lab.cluster.images.tell(image(7), Image(exits=1, logs=("KeyError: 'KEY'",)))
    there = Lab(lab.lab.cluster, pace=lab.lab.pace, cut=Forgetful)
    with pytest.raises(NotReady, match="KeyError"):
        await release(replace(lab.door, server=there.way), coming(), lab.heard.append)


async def test_back_to_the_one_before_and_to_one_by_its_number(lab: House) -> None:
    for number in (7, 8):
        await release(lab.door, coming(number=number), lab.heard.append)
    done = await rollback(lab.door, None, 1000.0, lab.heard.append)
    assert (done.number, await lab.serving()) == (2, image(7))
    assert await statuses(lab) == {1: "old", 2: "live", 3: "old"}
    await rollback(lab.door, 3, 1000.0, lab.heard.append)
    assert await lab.serving() == image(8)
    with pytest.raises(Missing, match="no earlier release r9") as caught:
        await rollback(lab.door, 9, 1000.0, lab.heard.append)
    assert caught.value.fix == "there are: r1, r2"


async def test_secrets_stay_as_they_are_and_are_not_read(lab: House) -> None:
    before = await lab.get("/api/v1/namespaces/hello/secrets/application")
    await release(lab.door, coming(), lab.heard.append)
    assert await lab.get("/api/v1/namespaces/hello/secrets/application") == before
    records = await Records(lab.lab.way, "hello").all()
    assert not any("hunter2" in it.text for it in records)


ASKS = {
    "a database": ("{type: secret}", "{type: secret}, db: {type: postgres}", "db (postgres)"),
    "memory": (
        "image: .,",
        "image: ., resources: {limits: {memory: 2Gi}},",
        "more or less memory, processor or copies",
    ),
    "a port": ("targetPort: 8080", "targetPort: 8081", "other ports"),
    "the Internet": (
        "name: hello",
        'name: hello, annotations: {rackhouse.dev/internet: "true"}',
        "to reach, or to be reached by, others",
    ),
}


@pytest.mark.parametrize("asked", ASKS)
async def test_more_than_was_granted_waits_for_the_rack(lab: House, asked: str) -> None:
    plain, more, said = ASKS[asked]
    text = HELLO.replace(plain, more)
    with pytest.raises(Refused) as caught:
        await release(lab.door, coming(text), lab.heard.append)
    assert said in caught.value.what
    assert "--grant" in caught.value.fix
    assert await statuses(lab) == {1: "live"}
    assert await lab.serving() == image(1)


@pytest.mark.parametrize("of", ["docker.io/library/nginx:1", image(7).partition("@")[0] + ":r2"])
async def test_an_image_of_elsewhere_or_without_its_digest_is_refused(lab: House, of: str) -> None:
    with pytest.raises(Refused, match="is not what hello may run"):
        await release(lab.door, coming(of=of), lab.heard.append)


async def test_one_that_was_cut_off_has_failed_when_the_next_one_has_its_turn(lab: House) -> None:
    lab.lab.cluster.images.tell(image(7), Image(exists=False))
    with pytest.raises(NotReady):
        await release(lab.door, coming(), lab.heard.append)
    records = Records(lab.lab.way, "hello")
    killed = (await records.all())[-1]
    await records.mark(replace(killed, why=""), ReleaseStatus.NEW)
    done = await release(lab.door, coming(number=8), lab.heard.append)
    assert done.number == 3
    assert await statuses(lab) == {1: "old", 2: "failed", 3: "live"}


@pytest.mark.slow
async def test_what_the_rack_brought_meanwhile_counts(lab: House) -> None:
    await release(lab.door, coming(), lab.heard.append)
    await lab.apply(released(HELLO, 5))
    done = await release(lab.door, coming(number=8), lab.heard.append)
    assert done.number == 6
    assert await statuses(lab) == {1: "old", 2: "old", 5: "old", 6: "live"}


@pytest.mark.slow
async def test_a_secret_that_was_changed_is_what_pods_have_after_the_next_release(
    lab: House,
) -> None:
    await lab.apply(released(HELLO, 1), secret="correct horse")
    where = "/apis/apps/v1/namespaces/hello/deployments/web"
    mark = "rackhouse.dev/secret"
    before = (await lab.get(where))["spec"]["template"]["metadata"]["annotations"][mark]
    await release(lab.door, coming(), lab.heard.append)
    after = (await lab.get(where))["spec"]["template"]["metadata"]["annotations"][mark]
    assert after == before


@pytest.mark.slow
async def test_so_many_are_kept(lab: House) -> None:
    done = await release(lab.door, coming(), lab.heard.append)
    granted = await lab.get("/api/v1/namespaces/hello/secrets/rackhouse-granted")
    records = Records(lab.lab.way, "hello", Owner("rackhouse-granted", granted["metadata"]["uid"]))
    for number in range(3, KEEP + 4):
        await records.add(replace(done, number=number, status=ReleaseStatus.OLD))
    done = await release(lab.door, coming(number=8), lab.heard.append)
    assert [it.number for it in await records.all()] == list(range(5, KEEP + 5))
    assert done.number == KEEP + 4


async def test_of_an_application_that_the_rack_has_not_brought(lab: House) -> None:
    door = replace(lab.door, application="other")
    with pytest.raises(Missing, match="the rack has not brought other"):
        await release(door, coming(), lab.heard.append)
