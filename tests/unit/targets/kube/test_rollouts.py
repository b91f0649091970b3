"""Rollouts: what becomes ready is waited for, what does not goes back, and it is said why."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable

import pytest

from rackhouse.kit.errors import CrashLoop, NotReady, RackhouseError
from rackhouse.resources.core import Resource
from rackhouse.resources.kube import Object
from rackhouse.targets.kube.rollback import back
from rackhouse.twin.kube.cluster import Cluster
from rackhouse.twin.kube.nodes.images import Image
from rackhouse.twin.kube.nodes.node import Node, join, lose
from unit.targets.kube.place import BRIEF, PATIENT, Lab, defined, driven, made, web

SPACE = made("Namespace", "hello")
AT = "/apis/apps/v1/namespaces/hello/deployments/web"
QUOTAS = "/api/v1/namespaces/hello/resourcequotas"
PODS = "/api/v1/namespaces/hello/pods"
FORMER = "rackhouse.dev/former"
CHARTS = defined("HelmChart", "helmcharts")
HELM = {"restartPolicy": "Never", "containers": [{"name": "helm", "image": "helm"}]}
JOB = {
    "metadata": {"name": "helm-install-guard"},
    "spec": {"backoffLimit": 0, "template": {"spec": HELM}},
}
JOBS = "/apis/batch/v1/namespaces/hello/jobs"
INSTALLING = "waiting until it is installed: nothing installs it yet"


@pytest.fixture
async def lab() -> AsyncIterator[Lab]:
    cluster = Cluster()
    join(cluster, Node(name="pi-1", memory="1Gi"))
    lab = Lab(cluster, pace=PATIENT)
    async with driven(cluster):
        await lab.ensure(SPACE)
        yield lab


def brief(lab: Lab) -> Lab:
    """The same rack, less patient."""
    return Lab(lab.cluster, pace=BRIEF, store=lab.store)


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet", "DaemonSet"])
async def test_a_rollout_is_waited_for(lab: Lab, kind: str) -> None:
    for image in ("hello:r1", "hello:r2"):
        seen = await lab.ensure(web(image, kind=kind))
        assert seen.ready
        assert seen.stamp is not None
        assert seen.stamp.found == seen.found
    assert await lab.images() == ["hello:r2"]
    assert any(line.startswith("waiting: ") for line in lab.heard)


async def test_what_cannot_be_changed_is_made_anew_when_the_one_before_is_gone(lab: Lab) -> None:
    await lab.ensure(web(kind="StatefulSet"))
    spec = json.loads(str(web(kind="StatefulSet").spec.body))["spec"]
    other = made("StatefulSet", "web", "hello", spec={**spec, "serviceName": "other"})
    assert (await lab.ensure(other)).ready
    assert any(line.endswith("cannot be changed, so it is made anew") for line in lab.heard)
    assert await lab.images() == ["hello:r1"]


WRONG = {
    "another-architecture": (
        Image(architectures=frozenset({"amd64"})),
        NotReady,
        "hello:r2 is not there for the architecture of the node",
    ),
    "no-such-image": (Image(exists=False), NotReady, "hello:r2: not found"),
    "ends": (
        Image(exits=3, logs=("starting", "KeyError: 'DATABASE_URL'")),
        CrashLoop,
        "web ended with exit code 3, 5 times; it said last:\n    starting\n    KeyError",
    ),
}


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet"])
@pytest.mark.parametrize("wrong", WRONG)
async def test_one_that_fails_says_why_and_goes_back(lab: Lab, wrong: str, kind: str) -> None:
    image, error, said = WRONG[wrong]
    good = await lab.ensure(web("hello:r1", kind=kind))
    lab.cluster.images.tell("hello:r2", image)
    with pytest.raises(error) as caught:
        await lab.ensure(web("hello:r2", kind=kind))
    assert said in caught.value.what
    rolls = kind == "Deployment"
    told = "is back, and serves on" if rolls else "is being put back"
    assert caught.value.what.endswith(f"\n  what was before {told}")
    again = await lab.ensure(web("hello:r1", kind=kind))
    assert again.stamp == good.stamp
    assert await lab.images() == ["hello:r1"]


async def test_a_first_one_that_failed_is_mended_by_the_next(lab: Lab) -> None:
    lab.cluster.images.tell("hello:r1", Image(exists=False))
    with pytest.raises(NotReady):
        await brief(lab).ensure(_parallel("hello:r1"))
    assert (await lab.ensure(_parallel("hello:r2"))).ready
    assert await lab.images() == ["hello:r2"]


def _parallel(image: str) -> Resource[Object]:
    """As applications with a disk are compiled: one pod, which no order makes wait for itself."""
    spec = json.loads(str(web(image, kind="StatefulSet").spec.body))["spec"]
    return made("StatefulSet", "web", "hello", spec={**spec, "podManagementPolicy": "Parallel"})


async def test_what_went_back_is_as_it_was_before_and_the_plan_says_so(lab: Lab) -> None:
    good = await lab.ensure(web("hello:r1"))
    lab.cluster.images.tell("hello:r2", Image(exists=False))
    with pytest.raises(NotReady):
        await lab.ensure(web("hello:r2"))
    seen = await lab.one(web("hello:r1"))
    assert seen.stamp == good.stamp
    assert seen.found == good.found
    assert FORMER not in (await lab.get(AT))["metadata"]["annotations"]


def recreated(image: str) -> Resource[Object]:
    """Its old pod ends before the new one begins."""
    spec = json.loads(str(web(image).spec.body))["spec"]
    return made("Deployment", "web", "hello", spec={**spec, "strategy": {"type": "Recreate"}})


async def test_one_that_ends_before_the_next_begins_is_not_said_to_serve_on(lab: Lab) -> None:
    await lab.ensure(recreated("hello:r1"))
    lab.cluster.images.tell("hello:r2", Image(exists=False))
    with pytest.raises(NotReady, match="what was before is being put back"):
        await lab.ensure(recreated("hello:r2"))
    await _until_images(lab, "hello:r1")


async def test_what_cannot_be_put_back_is_told_with_the_reason(lab: Lab) -> None:
    await lab.ensure(web("hello:r1"))
    wrong = {"apiVersion": "apps/v1", "kind": "Deployment", "spec": {"replicas": -1}}
    former = json.dumps({**wrong, "metadata": {"name": "web", "namespace": "hello"}})
    error = await back(lab.way, AT, former, NotReady("it does not"), lab.heard.append)
    assert "it does not\n  and what was before could not be put back: " in error.what
    assert "spec.replicas: Invalid value: -1" in error.what


async def test_what_a_hand_had_changed_is_as_the_hand_had_it_when_it_went_back(lab: Lab) -> None:
    await lab.ensure(web("hello:r1"))
    changed = {"name": "web", "image": "hello:hand", "imagePullPolicy": "IfNotPresent"}
    labels = {"app": "web", "by": "hand"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [changed]}}
    await lab.by_hand(AT, {"spec": {"replicas": 2, "template": template}}, "kubectl-set")
    await _until_images(lab, "hello:hand", "hello:hand")
    lab.cluster.images.tell("hello:r2", Image(exists=False))
    with pytest.raises(NotReady, match="what was before is back"):
        await lab.ensure(web("hello:r2"))
    assert (await lab.get(AT))["spec"]["replicas"] == 2
    await _until_images(lab, "hello:hand", "hello:hand")
    assert (await lab.ensure(web("hello:r1"))).ready
    live = await lab.get(AT)
    assert live["spec"]["replicas"] == 1
    assert live["spec"]["template"]["metadata"]["labels"]["by"] == "hand"


async def test_killed_in_a_rollout_that_fails_the_next_apply_goes_back_all_the_same(
    lab: Lab,
) -> None:
    good = await lab.ensure(web("hello:r1"))
    lab.cluster.images.tell("hello:r2", Image(exists=False))
    with pytest.raises(_Killed):
        await _killed_while_it_waits(lab)
    seen = await lab.one(web("hello:r2"))
    assert seen.stamp is not None
    assert not seen.stamp.found
    with pytest.raises(NotReady, match="what was before is back"):
        await lab.ensure(web("hello:r2"))
    assert (await lab.one(web("hello:r1"))).stamp == good.stamp


async def test_a_first_one_that_fails_has_nothing_to_go_back_to(lab: Lab) -> None:
    lab.cluster.images.tell("hello:r1", Image(exists=False))
    with pytest.raises(NotReady) as caught:
        await lab.ensure(web("hello:r1"))
    assert "what was before" not in caught.value.what
    lab.cluster.images.tell("hello:r2", Image())
    assert (await lab.ensure(web("hello:r2"))).ready


async def test_a_probe_that_fails_is_told_with_the_last_lines(lab: Lab) -> None:
    lab.cluster.images.tell("hello:r1", Image(ready=False, logs=("no database", "retrying")))
    waits = asyncio.create_task(lab.ensure(web("hello:r1")))
    try:
        await _until(lambda: any("statuscode: 500" in line for line in lab.heard))
    finally:
        waits.cancel()
    assert lab.heard[-1].endswith("it said last:\n    no database\n    retrying")


async def test_no_room_is_told_with_the_nodes(lab: Lab) -> None:
    much = web(resources={"requests": {"memory": "4Gi"}})
    with pytest.raises(NotReady, match="no node takes it, of 1: 1 lack memory"):
        await brief(lab).ensure(much)


async def test_a_quota_that_is_used_up_is_told(lab: Lab) -> None:
    await lab.ensure(made("ResourceQuota", "quota", "hello", spec={"hard": {"pods": "0"}}))
    async with asyncio.timeout(20):
        while not (await lab.get(f"{QUOTAS}/quota")).get("status", {}).get("hard"):
            await asyncio.sleep(0.02)
    for kind in ("Deployment", "StatefulSet"):
        with pytest.raises(RackhouseError, match="no pod can be made: exceeded quota: quota"):
            await brief(lab).ensure(web(kind=kind))


async def test_a_node_that_goes_in_a_rollout_is_named(lab: Lab) -> None:
    lab.cluster.images.tell("hello:r1", Image(ready=False))
    waits = asyncio.create_task(lab.ensure(web("hello:r1")))
    try:
        await _until(lambda: any("web: " in line for line in lab.heard))
        lose(lab.cluster, "pi-1")
        await _until(lambda: "its node pi-1 does not answer" in lab.heard[-1])
        join(lab.cluster, Node(name="pi-2"))
        lab.cluster.images.tell("hello:r1", Image())
        await lab.way.ask("DELETE", PODS)
        assert (await waits).ready
    finally:
        waits.cancel()


async def test_no_node_that_answers_is_told(lab: Lab) -> None:
    lose(lab.cluster, "pi-1")
    with pytest.raises(
        NotReady, match="no node takes it, of 1: 1 are kept for others, or do not answer"
    ):
        await brief(lab).ensure(web())


async def _until(said: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not said():
            await asyncio.sleep(0.02)


async def _until_images(lab: Lab, *images: str) -> None:
    async with asyncio.timeout(20):
        while await lab.images() != list(images):
            await asyncio.sleep(0.02)


class _Killed(Exception):
    pass


async def _killed_while_it_waits(lab: Lab) -> None:
    """As `kill -9` at the first thing that is said."""

    def killed(_: str) -> None:
        raise _Killed

    victim = Lab(lab.cluster, pace=PATIENT, store=lab.store)
    victim.heard = type("Ears", (list,), {"append": lambda _self, text: killed(text)})()
    await victim.ensure(web("hello:r2"))


@pytest.mark.parametrize("code", [0, 1])
async def test_a_chart_is_there_when_its_job_is_done(lab: Lab, code: int) -> None:
    lab.cluster.images.tell("helm", Image(exits=code, logs=("no such chart",)))
    await lab.ensure(CHARTS)
    waits = asyncio.create_task(lab.ensure(_chart("1")))
    try:
        await _until(lambda: INSTALLING in lab.heard)
        await _job(lab)
        if code:
            with pytest.raises(NotReady, match="it is not installed"):
                await waits
        else:
            assert (await waits).ready
    finally:
        waits.cancel()


def _chart(version: str) -> Resource[Object]:
    return made("HelmChart", "guard", "hello", spec={"chart": "guard", "version": version})


async def _job(lab: Lab) -> None:
    """What Helm's controller makes of a chart."""
    await lab.post(JOBS, JOB)
    at = "/apis/helm.cattle.io/v1/namespaces/hello/helmcharts/guard/status"
    await lab.by_hand(at, {"status": {"jobName": "helm-install-guard"}}, manager="helm")


async def test_a_chart_that_changes_is_not_there_by_the_job_of_the_one_before(lab: Lab) -> None:
    await lab.ensure(CHARTS)
    for version in ("1", "2"):
        lab.heard.clear()
        installing = asyncio.create_task(lab.ensure(_chart(version)))
        try:
            await _until(lambda: INSTALLING in lab.heard)
            assert not installing.done()
            await lab.way.ask("DELETE", f"{JOBS}/helm-install-guard", fine=(404,))
            await _job(lab)
            assert (await installing).ready
        finally:
            installing.cancel()


@pytest.mark.slow
async def test_a_chart_whose_change_needs_no_other_job_is_there(lab: Lab) -> None:
    lab = brief(lab)
    await lab.ensure(CHARTS)
    await lab.ensure(_chart("1"))
    await _job(lab)
    assert (await lab.ensure(_chart("2"))).ready
