"""GET, LIST and WATCH, and what is served at all."""

from __future__ import annotations

import json

import pytest

from integration.kube.api import Api, config, deployment, manifest, pod


@pytest.fixture
async def three(api: Api) -> Api:
    for name, colour in (("a", "red"), ("b", "red"), ("c", "blue")):
        await api.ok(api.apply(config(name, metadata={"labels": {"colour": colour}})))
    return api


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"labelSelector": "colour=red"}, ["a", "b"]),
        ({"labelSelector": "colour!=red,colour"}, ["c"]),
        ({"labelSelector": "colour in (red,blue)"}, ["a", "b", "c"]),
        ({"labelSelector": "colour notin (red),colour"}, ["c"]),
        ({"labelSelector": "!colour"}, []),
        ({"fieldSelector": "metadata.name=b"}, ["b"]),
    ],
)
async def test_a_list_has_what_is_asked_for(
    three: Api, query: dict[str, str], names: list[str]
) -> None:
    found = await three.all(config(), **query)
    assert found["kind"] == "ConfigMapList"
    assert [it["metadata"]["name"] for it in found["items"]] == names
    assert all("kind" not in it for it in found["items"])


async def test_a_long_list_comes_in_parts(three: Api) -> None:
    first = await three.all(config(), limit="2", labelSelector="colour")
    assert [it["metadata"]["name"] for it in first["items"]] == ["a", "b"]
    rest = await three.all(
        config(), limit="2", labelSelector="colour", **{"continue": first["metadata"]["continue"]}
    )
    assert [it["metadata"]["name"] for it in rest["items"]] == ["c"]
    assert not rest["metadata"].get("continue")


async def test_a_list_of_metadata_has_nothing_else(three: Api) -> None:
    accept = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
    path = three.path(config(), named=False)
    found = (await three.client.get(path, headers={"accept": accept})).json()
    assert found["kind"] == "PartialObjectMetadataList"
    assert {key for it in found["items"] for key in it} <= {"metadata", "kind", "apiVersion"}


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/api/v1", "ConfigMap"),
        ("/apis/apps/v1", "Deployment"),
        ("/apis/batch/v1", "Job"),
        ("/apis/networking.k8s.io/v1", "NetworkPolicy"),
    ],
)
async def test_discovery_lists_the_kinds(api: Api, path: str, kind: str) -> None:
    found = (await api.client.get(path)).json()
    assert found["kind"] == "APIResourceList"
    [it] = [it for it in found["resources"] if it["kind"] == kind and "/" not in it["name"]]
    assert it["namespaced"]
    assert {"get", "list", "watch", "create", "patch", "delete"} <= set(it["verbs"])


async def test_what_nobody_serves_is_not_found(api: Api) -> None:
    answer = await api.client.get("/apis/example.com/v1/nothings")
    assert answer.status_code == 404


async def test_a_method_that_no_list_has_is_not_allowed(api: Api) -> None:
    answer = await api.client.put(api.path(config(), named=False), json=config())
    assert answer.status_code == 405


async def test_i_may_do_what_an_administrator_may(api: Api) -> None:
    asked = {"spec": {"resourceAttributes": {"verb": "create", "resource": "pods"}}}
    review = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
    answer = await api.client.post(
        review,
        json={"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview", **asked},
    )
    assert answer.status_code == 201
    assert answer.json()["status"]["allowed"]


async def test_a_stale_token_of_a_list_is_refused(api: Api) -> None:
    answer = await api.client.get(api.path(config(), named=False), params={"continue": "abc"})
    assert answer.status_code == 400
    assert "continue key is not valid" in answer.json()["message"]


async def test_the_logs_of_a_pod_that_is_not_there(api: Api) -> None:
    words = await api.refused(api.get(manifest("v1", "Pod", "nobody"), "log"), 404)
    assert words == 'pods "nobody" not found'


async def test_an_eviction_removes_a_pod_that_runs_nowhere(api: Api) -> None:
    await api.ok(api.create(pod()))
    eviction = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": "pod"}}
    answer = await api.client.post(api.path(pod(), "eviction"), json=eviction)
    assert answer.status_code == 201
    assert (await api.get(pod())).status_code == 404


async def test_a_patch_of_one_container_leaves_the_others(api: Api) -> None:
    body = deployment()
    body["spec"]["template"]["spec"]["containers"].append({"name": "side", "image": "side:1"})
    await api.ok(api.apply(body))
    change = {"spec": {"template": {"spec": {"containers": [{"name": "side", "image": "side:2"}]}}}}
    made = await api.ok(api.patch(body, change, "application/strategic-merge-patch+json"))
    images = [it["image"] for it in made["spec"]["template"]["spec"]["containers"]]
    assert sorted(images) == ["example.com/web:1", "side:2"]


async def test_a_patch_by_steps(api: Api) -> None:
    await api.ok(api.apply(config(data={"a": "b", "c": "d"})))
    steps = [
        {"op": "test", "path": "/data/a", "value": "b"},
        {"op": "remove", "path": "/data/c"},
        {"op": "add", "path": "/metadata/annotations", "value": {}},
        {"op": "add", "path": "/metadata/annotations/e~1f", "value": "g"},
    ]
    made = await api.ok(api.patch(config(), steps, "application/json-patch+json"))
    assert (made["data"], made["metadata"]["annotations"]) == ({"a": "b"}, {"e/f": "g"})
    failing = [{"op": "test", "path": "/data/a", "value": "z"}]
    await api.refused(api.patch(config(), failing, "application/json-patch+json"), 422)


async def test_a_watch_that_ends_has_told_what_happened(three: Api) -> None:
    start = (await three.all(config()))["metadata"]["resourceVersion"]
    await three.ok(three.patch(config("a"), {"data": {"a": "b"}}))
    await three.ok(three.patch(config("b"), {"metadata": {"labels": {"colour": "blue"}}}))
    await three.ok(three.delete(config("c")))
    answer = await three.client.get(
        three.path(config(), named=False),
        params={
            "watch": "true",
            "resourceVersion": start,
            "labelSelector": "colour=red",
            "timeoutSeconds": three.patience,
        },
    )
    events = [json.loads(line) for line in answer.text.splitlines()]
    told = [(it["type"], it["object"]["metadata"]["name"]) for it in events]
    assert told == [("MODIFIED", "a"), ("DELETED", "b")]
