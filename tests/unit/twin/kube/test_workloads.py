"""Controllers: pods come, are replaced, wait and go as those of a cluster do."""

from __future__ import annotations

from rackhouse.twin.kube.nodes.images import Image
from rackhouse.twin.kube.nodes.node import Node, join
from unit.twin.kube.lab import DEPLOYMENTS, PODS, Lab, Manifest, deployment, template, workload

WEB = f"{DEPLOYMENTS}/web"


def conditions(body: Manifest) -> dict[str, tuple[str, str]]:
    return {it["type"]: (it["status"], it["reason"]) for it in body["status"]["conditions"]}


async def test_a_deployment_has_its_pods() -> None:
    async with Lab() as lab:
        await lab.apply(WEB, deployment(replicas=3))
        found = await lab.get(WEB)
        assert found["status"]["readyReplicas"] == 3
        assert conditions(found) == {
            "Available": ("True", "MinimumReplicasAvailable"),
            "Progressing": ("True", "NewReplicaSetAvailable"),
        }
        assert len(await lab.names(PODS)) == 3


async def test_another_image_is_rolled_out_and_the_old_set_is_kept_to_go_back() -> None:
    async with Lab() as lab:
        await lab.apply(WEB, deployment("web:1"))
        first = set(await lab.names(PODS))
        await lab.apply(WEB, deployment("web:2"))
        second = await lab.get(PODS)
        assert not first & {it["metadata"]["name"] for it in second["items"]}
        assert {it["spec"]["containers"][0]["image"] for it in second["items"]} == {"web:2"}
        sets = (await lab.get("/apis/apps/v1/namespaces/app/replicasets"))["items"]
        assert sorted(it["spec"]["replicas"] for it in sets) == [0, 2]
        note = "deployment.kubernetes.io/revision"
        assert (await lab.get(WEB))["metadata"]["annotations"][note] == "2"
        await lab.apply(WEB, deployment("web:1"))
        assert (await lab.get(WEB))["metadata"]["annotations"][note] == "3"
        assert len((await lab.get("/apis/apps/v1/namespaces/app/replicasets"))["items"]) == 2


async def test_a_rollout_that_fails_leaves_the_old_pods_and_is_late_in_time() -> None:
    async with Lab() as lab:
        lab.cluster.images.tell("bad:*", Image(ready=False))
        await lab.apply(WEB, deployment("good:1"))
        await lab.apply(WEB, deployment("bad:1"))
        waiting = await lab.get(WEB)
        assert waiting["status"]["updatedReplicas"] == 1
        assert waiting["status"]["readyReplicas"] == 2
        assert conditions(waiting)["Progressing"] == ("True", "ReplicaSetUpdated")
        lab.later(seconds=601)
        assert conditions(await lab.get(WEB))["Progressing"] == (
            "False",
            "ProgressDeadlineExceeded",
        )


async def test_an_image_may_take_its_time() -> None:
    async with Lab() as lab:
        lab.cluster.images.tell("slow:1", Image(ready_after=20))
        await lab.apply(WEB, deployment("slow:1"))
        assert (await lab.get(WEB))["status"]["readyReplicas"] == 2


async def test_fewer_are_fewer() -> None:
    async with Lab() as lab:
        await lab.apply(WEB, deployment(replicas=3))
        await lab.apply(WEB, deployment(replicas=0))
        assert await lab.names(PODS) == []


async def test_a_deployment_that_goes_takes_everything_with_it() -> None:
    async with Lab() as lab:
        await lab.apply(WEB, deployment())
        await lab.delete(WEB)
        assert await lab.names(PODS) == []
        assert await lab.names("/apis/apps/v1/namespaces/app/replicasets") == []


async def test_in_the_foreground_the_owner_goes_last() -> None:
    async with Lab() as lab:
        await lab.apply(WEB, deployment())
        await lab.delete(WEB, propagationPolicy="Foreground")
        assert await lab.names(PODS) == await lab.names(DEPLOYMENTS) == []


async def test_orphans_stay_and_are_adopted() -> None:
    async with Lab() as lab:
        await lab.apply(WEB, deployment())
        before = await lab.names(PODS)
        await lab.delete(WEB, propagationPolicy="Orphan")
        assert await lab.names(PODS) == before
        await lab.apply(WEB, deployment())
        assert await lab.names(PODS) == before


async def test_stateful_pods_have_numbers_and_claims_that_stay() -> None:
    sets, claims = "/apis/apps/v1/namespaces/app/statefulsets", "persistentvolumeclaims"
    request = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    async with Lab() as lab:
        await lab.apply(
            "/apis/storage.k8s.io/v1/storageclasses/local-path",
            {
                "apiVersion": "storage.k8s.io/v1",
                "kind": "StorageClass",
                "metadata": {
                    "annotations": {"storageclass.kubernetes.io/is-default-class": "true"},
                },
                "provisioner": "rancher.io/local-path",
                "volumeBindingMode": "WaitForFirstConsumer",
            },
        )
        mine = {"volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": request}]}
        body = workload("StatefulSet", serviceName="web", replicas=2, **mine)
        body["spec"]["template"] = template()
        await lab.apply(f"{sets}/web", body)
        pending = await lab.get(f"/api/v1/namespaces/app/{claims}/data-web-0")
        assert pending["status"]["phase"] == "Pending"
        assert await lab.events("FailedScheduling") == [
            "0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims."
        ]


async def test_a_job_ends_well_and_is_forgotten_in_time() -> None:
    job = "/apis/batch/v1/namespaces/app/jobs/migrate"
    body = {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "spec": {"template": template(restartPolicy="Never"), "ttlSecondsAfterFinished": 60},
    }
    async with Lab() as lab:
        await lab.apply(job, body)
        found = await lab.get(job)
        assert found["status"]["succeeded"] == 1
        assert conditions(found)["Complete"][0] == "True"
        lab.later(seconds=61)
        assert await lab.names("/apis/batch/v1/namespaces/app/jobs") == []
        assert await lab.names(PODS) == []


async def test_a_job_that_fails_stops_at_its_limit() -> None:
    job = "/apis/batch/v1/namespaces/app/jobs/migrate"
    spec = {"template": template("bad:1", restartPolicy="Never"), "backoffLimit": 2}
    async with Lab() as lab:
        lab.cluster.images.tell("bad:1", Image(exits=1, logs=("no such table",)))
        await lab.apply(job, {"apiVersion": "batch/v1", "kind": "Job", "spec": spec})
        found = await lab.get(job)
        assert found["status"]["failed"] == 3
        assert conditions(found)["Failed"] == ("True", "BackoffLimitExceeded")


async def test_a_daemon_runs_on_every_node_that_lets_it() -> None:
    daemons = "/apis/apps/v1/namespaces/app/daemonsets/agent"
    async with Lab(Node(name="a"), Node(name="b", taints=["gpu=yes:NoSchedule"])) as lab:
        await lab.apply(daemons, workload("DaemonSet"))
        assert (await lab.get(daemons))["status"]["numberReady"] == 1
        join(lab.cluster, Node(name="c"))
        lab.settle()
        assert (await lab.get(daemons))["status"]["numberReady"] == 2


async def test_a_service_knows_who_answers() -> None:
    service = {"apiVersion": "v1", "kind": "Service"}
    spec = {"selector": {"app": "web"}, "ports": [{"port": 80, "targetPort": 8080}]}
    async with Lab() as lab:
        lab.cluster.addresses = ("10.20.30.40",)
        await lab.apply(WEB, deployment())
        await lab.apply(
            "/api/v1/namespaces/app/services/web",
            {**service, "spec": {**spec, "type": "LoadBalancer"}},
        )
        made = await lab.get("/api/v1/namespaces/app/services/web")
        assert made["status"]["loadBalancer"]["ingress"][0]["ip"] == "10.20.30.40"
        [found] = (await lab.get("/apis/discovery.k8s.io/v1/namespaces/app/endpointslices"))[
            "items"
        ]
        assert [it["conditions"]["ready"] for it in found["endpoints"]] == [True, True]
        assert found["ports"] == [{"name": "", "protocol": "TCP", "port": 8080}]


async def test_a_namespace_goes_with_all_that_is_in_it() -> None:
    async with Lab() as lab:
        await lab.apply(WEB, deployment())
        await lab.delete("/api/v1/namespaces/app")
        assert "app" not in await lab.names("/api/v1/namespaces")
        assert await lab.names("/api/v1/pods") == []


async def test_a_namespace_that_cannot_go_says_what_holds_it() -> None:
    held = "/api/v1/namespaces/app/configmaps/held"
    async with Lab() as lab:
        body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"finalizers": ["a.b/hold"]}}
        await lab.apply(held, body)
        await lab.delete("/api/v1/namespaces/app")
        status = (await lab.get("/api/v1/namespaces/app"))["status"]
        assert status["phase"] == "Terminating"
        words = {it["type"]: it["message"] for it in status["conditions"]}
        assert words["NamespaceFinalizersRemaining"] == (
            "Some content in the namespace has finalizers remaining: a.b/hold in 1 resource"
            " instances"
        )
        await lab.client.patch(
            held,
            content='{"metadata": {"finalizers": null}}',
            headers={"content-type": "application/merge-patch+json"},
        )
        lab.settle()
        assert "app" not in await lab.names("/api/v1/namespaces")


async def test_a_quota_keeps_pods_from_being_made_and_the_set_says_so() -> None:
    async with Lab() as lab:
        await lab.apply(
            "/api/v1/namespaces/app/resourcequotas/quota",
            {"apiVersion": "v1", "kind": "ResourceQuota", "spec": {"hard": {"pods": "1"}}},
        )
        await lab.apply(WEB, deployment(replicas=2))
        [found] = (await lab.get("/apis/apps/v1/namespaces/app/replicasets"))["items"]
        [condition] = found["status"]["conditions"]
        assert condition["type"] == "ReplicaFailure"
        assert (
            "exceeded quota: quota, requested: pods=1, used: pods=1, limited: pods=1"
            in (condition["message"])
        )
        [words] = await lab.events("FailedCreate")
        assert words.startswith('Error creating: pods "web-')


async def test_a_budget_is_kept_by_evictions() -> None:
    async with Lab() as lab:
        await lab.apply(WEB, deployment(replicas=1))
        await lab.apply(
            "/apis/policy/v1/namespaces/app/poddisruptionbudgets/web",
            {
                "apiVersion": "policy/v1",
                "kind": "PodDisruptionBudget",
                "spec": {"minAvailable": 1, "selector": {"matchLabels": {"app": "web"}}},
            },
        )
        [name] = await lab.names(PODS)
        answer = await lab.client.post(f"{PODS}/{name}/eviction", json={})
        assert answer.status_code == 429
        assert answer.json()["message"] == (
            "Cannot evict pod as it would violate the pod's disruption budget."
        )
