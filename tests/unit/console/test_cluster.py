"""The page of a cluster: what its API server answers, read and shown."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from rackhouse.apply.moved import note
from rackhouse.console.cluster.drawing import chart, said
from rackhouse.console.cluster.drift import judged
from rackhouse.console.cluster.edges import INTERNET, edges, parties
from rackhouse.console.cluster.looking import Looking
from rackhouse.console.cluster.pod import standing_of
from rackhouse.console.cluster.reading import read
from rackhouse.console.cluster.scene import Edge, Scene
from rackhouse.console.house import RackFile
from rackhouse.console.picture.bar import bar
from rackhouse.desired.kube.platform import NAME
from rackhouse.rack.load import load
from rackhouse.resources.clusters import kubeconfig_id
from rackhouse.resources.core import Id
from rackhouse.resources.seen import Seen, Stamp
from rackhouse.targets.kube import open_target
from rackhouse.targets.kube.kubeconfig import read as access
from rackhouse.targets.kube.server import Server
from rackhouse.twin.kube.cluster import Cluster
from rackhouse.twin.kube.serving import Served, serve
from unit.console.desk import Bench, bench
from unit.console.lab import answers, lab, node, pod
from unit.console.test_pages import EVIL, Outline
from unit.targets.kube.place import made

COMPARE = "/clusters/home?compare=1"
BAD = {"metadata": {"labels": {}}, "spec": {"containers": [{"name": "web", "image": "x:1"}]}}


def _scene(*more: dict[str, object]) -> Scene:
    return read("home", answers(*more))


def test_nodes_have_their_pods_and_what_is_free() -> None:
    box, first, second = _scene().nodes
    assert [it.name for it in (box, first, second)] == ["box", "pi-1", "pi-2"]
    assert (box.arch, first.arch) == ("amd64", "arm64")
    assert (first.tone, second.tone, second.why) == (
        "good",
        "busy",
        "cordoned: it takes no new pods",
    )
    assert first.asked == sum(pod.asked for pod in first.pods) > 0
    assert first.free == first.memory - first.asked
    assert [(it.owner, it.asked) for it in box.pods] == [("", 0)]


def test_a_node_that_is_gone_says_so() -> None:
    found = answers() | {"Node": [node("pi-9", ready=False)]}
    (lost,) = read("home", found).nodes
    assert (lost.tone, lost.why) == ("bad", "Kubelet stopped posting node status.")


def test_a_pod_without_a_node_waits_and_says_why() -> None:
    waits = pod("guestbook", "web-x", BAD)
    why = "0/3 nodes are available: 3 Insufficient memory. preemption: 0/3 nodes are available"
    waits["status"]["conditions"] = [{"type": "PodScheduled", "status": "False", "message": why}]
    (found,) = _scene(waits).waiting
    assert (found.tone, found.why) == ("bad", "no node takes it, of 3: 3 lack memory")
    assert _scene(waits).troubled == (found,)


def test_a_pod_that_ended_asks_for_nothing_and_is_not_shown() -> None:
    over = pod("guestbook", "job-x", BAD, "pi-1")
    over["status"]["phase"] = "Succeeded"
    assert _scene(over) == _scene()


def test_rollouts_under_way_come_first() -> None:
    first, *others = _scene().rollouts
    assert (first.kind, first.tone, first.there, first.wanted) == ("StatefulSet", "busy", 0, 1)
    assert first.why == "0 of 1 pod ready"
    assert {(it.release, it.tone) for it in others if it.namespace == "chat"} == {("r1", "good")}


def test_pods_are_called_as_people_call_them() -> None:
    template = {"metadata": {"labels": {"pod-template-hash": "5c9"}}, "spec": BAD["spec"]}
    scene = _scene(pod("data", "runner-5c9-x7", template, "box"), pod("data", "db-1", BAD, "box"))
    said = {it.name: it.called for it in scene.pods}
    assert (said["runner-5c9-x7"], said["db-1"]) == ("runner", "db-1")
    (chat,) = (it for it in scene.pods if it.namespace == "chat")
    assert (chat.called, chat.release, chat.told) == ("chat", "r1", "chat r1: ready")


def test_a_rollout_counts_pods_of_its_own_release_and_says_why_they_wait() -> None:
    found = answers()
    (it,) = (it for it in found["Deployment"] if it["metadata"]["namespace"] == "chat")
    template = json.loads(json.dumps(it["spec"]["template"]))
    template["metadata"]["annotations"]["rackhouse.dev/release"] = "r2"
    new = pod("chat", "web-new", template, "pi-1")
    new["status"] |= {"conditions": [], "containerStatuses": [crashed("web", 4)]}
    now = {**it, "spec": {**it["spec"], "template": template}}
    now["status"] = {**it["status"], "replicas": 2}
    found["Deployment"] = [now]
    found["Pod"] = [*found["Pod"], new]
    first, *_ = (it for it in read("home", found).rollouts if it.namespace == "chat")
    assert (first.release, first.there, first.wanted, first.tone) == ("r2", 0, 1, "bad")
    assert first.why == "web ended with exit code 3, 4 times"
    assert first.pod == "pods/chat/web-new"


def crashed(name: str, times: int) -> dict[str, object]:
    """As a kubelet tells of a container that waits to be started again."""
    state = {"waiting": {"reason": "CrashLoopBackOff"}}
    ended = {"terminated": {"exitCode": 3}}
    return {"name": name, "restartCount": times, "state": state, "lastState": ended}


def test_a_volume_says_where_it_is_used() -> None:
    found = {f"{it.namespace}/{it.name}": it for it in _scene().volumes}
    assert found["radicale/data"].size == "5Gi"
    assert set(found["radicale/data"].nodes) <= {"pi-1", "pi-2"}
    assert len(found["radicale/data"].nodes) == 1


@pytest.mark.parametrize(
    ("status", "suspend", "told"),
    [
        ({}, False, ("off", "its first run is to come")),
        ({}, True, ("off", "suspended")),
        ({"active": [{}], "lastScheduleTime": "2026-01-01T00:05:00Z"}, False, ("busy", "it runs")),
        ({"lastScheduleTime": "2026-01-01T00:05:00Z"}, False, ("bad", "its last run failed")),
        (
            {
                "lastScheduleTime": "2026-01-01T00:05:00Z",
                "lastSuccessfulTime": "2026-01-01T00:05:03Z",
            },
            False,
            ("good", "done"),
        ),
    ],
)
def test_a_schedule_says_how_its_last_run_went(
    status: dict[str, object], suspend: bool, told: tuple[str, str]
) -> None:
    found = answers()
    (it,) = found["CronJob"]
    found["CronJob"] = [{**it, "status": status, "spec": {**it["spec"], "suspend": suspend}}]
    (one,) = read("home", found).schedules
    assert (one.owner, one.release, one.when) == ("heartbeat", "r1", it["spec"]["schedule"])
    assert (one.tone, one.why) == told


def test_of_two_that_share_a_name_each_says_its_namespace() -> None:
    made = {"metadata": {"labels": {NAME: "web"}}, "spec": BAD["spec"]}
    both = [pod("one", "a", made, "pi-1"), pod("two", "b", made, "pi-1")]
    assert set(parties({"one", "two"}, both)) == {"one/web", "two/web"}
    assert set(parties({"one"}, both)) == {"web"}


def test_edges_are_those_of_the_policies() -> None:
    scene = _scene()
    assert {"chat", "guestbook", "traefik"} <= set(scene.parties)
    open_to = {(it.source, it.target) for it in scene.edges if it.ports}
    assert ("traefik", INTERNET) in open_to  # nothing of ours closes K3s' own
    assert not [it for it in open_to if it[0] in {"chat", "guestbook"}]
    without = read("home", answers() | {"NetworkPolicy": []})
    assert ("chat", "guestbook") in {(it.source, it.target) for it in without.edges if it.ports}


def test_ports_are_judged_by_name_and_protocol() -> None:
    spec = {
        "containers": [
            {
                "name": "dns",
                "ports": [
                    {"containerPort": 5300, "protocol": "UDP", "name": "dns"},
                    {"containerPort": 5301, "name": "metrics"},
                ],
            }
        ]
    }
    made = {"metadata": {"labels": {NAME: "names"}}, "spec": spec}
    who = parties({"lan"}, [pod("lan", "one", made, "pi-1"), pod("lan", "two", _named("two"))])
    rule = {"ports": [{"port": "dns", "protocol": "UDP"}, {"port": "dns"}]}
    policy = {"kind": "NetworkPolicy", "metadata": {"name": "p", "namespace": "lan"}}
    closed = {**policy, "spec": {"podSelector": {}, "ingress": [rule]}}
    (opened,) = [it.ports for it in edges(who, [closed]) if it.target == "names"]
    assert opened == (5300,)


def test_the_chart_says_every_pair_in_words() -> None:
    scene = _scene()
    drawn = str(chart(scene))
    assert drawn.count("<a ") == len(scene.edges)
    assert drawn.count('tabindex="0"') == 1
    assert "chat to guestbook: closed" in drawn
    assert said(Edge(source="a", target="b", ports=(80, 81))) == "a to b: 80, 81 open"
    assert chart(replace(scene, parties=(), edges=())) is None


def test_of_too_many_workloads_none_is_compared_with_all() -> None:
    crowd = [pod("guestbook", f"p{n}", _named(f"p{n}"), "pi-1") for n in range(60)]
    scene = _scene(*crowd)
    assert len(scene.parties) > 60
    assert scene.edges == ()
    assert chart(scene) is None


def _named(name: str) -> dict[str, object]:
    return {"metadata": {"labels": {"app.kubernetes.io/name": name}}, "spec": BAD["spec"]}


def test_a_full_node_is_marked() -> None:
    (first, *_) = (it for it in _scene().nodes if it.name == "pi-1")
    assert "tight" not in str(bar(first.share))


def test_drift_tells_hands_from_what_was_cut_off() -> None:
    def seen(name: str, then: str, now: str, *, ours: bool = True) -> Seen:
        stamp = Stamp(rack="home", digest="d", owner="hello", found=then) if ours else None
        id = Id("kube.home", "Service", name)
        return Seen(id=id, stamp=stamp, found=now, version="1", ready=True)

    found = judged(
        [
            seen("a", "x", "x"),
            seen("b", "x", "y"),
            seen("c", "", "y"),
            seen("d", "", "", ours=False),
        ]
    )
    assert found.count == 3
    assert [it.id.name for it in found.by_hand] == ["b"]
    assert [it.id.name for it in found.half_made] == ["c"]


@pytest.fixture
def console(tmp_path: Path) -> Iterator[Bench]:
    rack = load("clusters: {home: {}, lab: {}}")
    with bench(tmp_path, rack) as made:
        made.file = RackFile(rack=rack)
        yield made


async def _shown(console: Bench, path: str, status: int = 200) -> str:
    answer = await (await console.signed_in()).get(path)
    assert answer.status_code == status
    outline = Outline(answer.text)
    assert len(outline.ids) == len(set(outline.ids))
    return answer.text


async def test_clusters_are_listed_and_others_are_not_there(console: Bench) -> None:
    shown = await _shown(console, "/clusters")
    assert "rackhouse cluster add home" in shown
    assert "rackhouse cluster add lab" in shown
    assert "has joined" in await _shown(console, "/clusters/home", 404)
    assert EVIL not in await _shown(console, f"/clusters/{EVIL}", 404)


@pytest.mark.slow
async def test_one_that_has_joined_is_shown_as_it_is(console: Bench, tmp_path: Path) -> None:
    with serve(lab(), tmp_path / "server") as served:
        joins(console, "home", served.kubeconfig())
        shown = await _shown(console, "/clusters/home")
        compared = await _shown(console, "/clusters/home?compare=1")
    for words in (
        'id="of-guestbook"',
        "3 nodes, 7 pods",
        "1 pod does not serve",
        "Readiness probe failed",
        "https://guestbook.home.arpa",
        "radicale/data",
        "Compare now",
    ):
        assert words in shown
    assert "no apply has brought anything here yet" in compared
    assert "traefik to guestbook: 8080 open" in shown


@pytest.mark.slow
async def test_what_was_changed_by_hand_is_shown_with_its_field(
    console: Bench, tmp_path: Path
) -> None:
    with serve(lab(), tmp_path / "server") as served:
        text, store = served.kubeconfig(), console.house.store
        joins(console, "home", text)
        paths, address = console.desk.paths, {"kubeconfig": text}
        target = open_target("kube.home", address, rack="home", paths=paths, store=store)
        resource = made("ConfigMap", "settings", "guestbook", data={"pages": "10"})
        store.remember_text(resource.digest, resource.text)
        stamp = Stamp(rack="home", digest=resource.digest, owner="guestbook")
        await target.ensure(resource, stamp, {}, lambda _: None)
        await target.close()
        assert "all of 1 thing is as it was applied" in await _shown(console, COMPARE)
        server = Server(access(text))
        await server.send(
            "PATCH",
            "/api/v1/namespaces/guestbook/configmaps/settings",
            query={"fieldManager": "kubectl-edit"},
            body={"data": {"pages": "20"}},
            kind="application/merge-patch+json",
        )
        await server.close()
        shown = await _shown(console, COMPARE)
    assert "kube.home/ConfigMap/guestbook.settings" in shown
    assert "data.pages" in shown


async def test_an_application_on_a_cluster_leads_to_its_pods_there(console: Bench) -> None:
    here = await _shown(console, "/applications/guestbook")
    assert "Processes" in here
    assert "/clusters/home" not in here
    note(console.house.store, {"guestbook": "home"})
    console.look()
    there = await _shown(console, "/applications/guestbook")
    assert 'href="/clusters/home#of-guestbook"' in there
    assert "Processes" not in there


@pytest.mark.parametrize(
    ("status", "told"),
    [
        ({}, ("busy", "not started")),
        ({"state": {"waiting": {"reason": "ImagePullBackOff"}}}, ("busy", "ImagePullBackOff")),
        ({"state": {"running": {}}, "ready": False}, ("busy", "not ready")),
        (
            {"state": {"running": {}}, "ready": True, "restartCount": 2},
            ("good", "running, 2 restarts"),
        ),
        ({"state": {"terminated": {"exitCode": 0}}}, ("good", "done")),
        ({"state": {"terminated": {"exitCode": 3}}}, ("bad", "ended with exit code 3")),
    ],
)
def test_a_container_says_how_it_stands(status: dict[str, object], told: tuple[str, str]) -> None:
    assert standing_of(status) == told


@pytest.mark.slow
async def test_a_pod_is_shown_with_its_log(console: Bench, tmp_path: Path) -> None:
    with serve(lab(), tmp_path / "server") as served:
        joins(console, "home", served.kubeconfig())
        shown = await _shown(console, "/clusters/home")
        path = re.findall(r'href="(/clusters/home/pods/chat/[^"]*)"', shown)[0]
        said = await _shown(console, path)
        assert "no pod chat/none any more" in await _shown(
            console, "/clusters/home/pods/chat/none", 404
        )
        assert "any more" in await _shown(console, f"/clusters/home/pods/chat/{EVIL}", 404)
    for words in (
        "chat r1",
        "listens &lt;b&gt;",
        "Readiness probe failed",
        'href="/clusters/home"',
    ):
        assert words in said


async def test_many_readers_are_one_to_the_cluster(tmp_path: Path) -> None:
    moments = [1000.0]
    looking = Looking(lambda: "home", lambda: moments[0])
    with serve(Cluster(), tmp_path / "server") as served:
        text = served.kubeconfig()
        first, second = await asyncio.gather(looking.at("home", text), looking.at("home", text))
        assert first is second
        assert first.scene is not None
        moments[0] += 60
        assert await looking.at("home", text) is not first


async def test_one_that_is_away_says_so_and_the_page_stands(console: Bench) -> None:
    joins(console, "home", Served("https://127.0.0.1:9", "").kubeconfig())
    shown = await _shown(console, "/clusters/home")
    assert "It cannot be looked at" in shown
    assert "Changed by hand" in shown
    assert "It could not be compared" in await _shown(console, COMPARE)
    assert "is K3s running there" in await _shown(console, "/clusters/home/pods/chat/web", 503)


async def test_a_page_that_compared_keeps_itself_fresh_without_comparing(console: Bench) -> None:
    joins(console, "home", Served("https://127.0.0.1:9", "").kubeconfig())
    assert 'data-source="/clusters/home"' in await _shown(console, COMPARE)


def joins(console: Bench, name: str, kubeconfig: str) -> None:
    """As `rackhouse cluster add` leaves it."""
    console.house.store.choose(kubeconfig_id(name), lambda: {"value": kubeconfig})
