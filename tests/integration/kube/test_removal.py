"""DELETE: at once, when finalizers are done, only the one that is meant."""

from __future__ import annotations

from integration.kube.api import Api, config, deployment, manifest


async def test_what_is_deleted_is_gone(api: Api) -> None:
    made = await api.ok(api.apply(deployment()))
    answer = await api.ok(api.delete(deployment()))
    assert (answer["kind"], answer["status"]) == ("Status", "Success")
    assert answer["details"] == {
        "name": "web",
        "group": "apps",
        "kind": "deployments",
        "uid": made["metadata"]["uid"],
    }
    words = await api.refused(api.get(deployment()), 404)
    assert words == 'deployments.apps "web" not found'


async def test_what_is_not_there_cannot_be_deleted(api: Api) -> None:
    words = await api.refused(api.delete(config()), 404)
    assert words == 'configmaps "config" not found'


async def test_only_the_one_that_is_meant_is_deleted(api: Api) -> None:
    made = await api.ok(api.apply(config()))
    words = await api.refused(api.delete(config(), {"preconditions": {"uid": "another"}}), 409)
    assert "the UID in the precondition (another) does not match the UID in record" in words
    await api.ok(api.delete(config(), {"preconditions": {"uid": made["metadata"]["uid"]}}))


async def test_a_finalizer_is_waited_for(api: Api) -> None:
    body = config(metadata={"finalizers": ["example.com/hold"]})
    await api.ok(api.apply(body))
    waits = await api.ok(api.delete(body))
    assert waits["metadata"]["deletionTimestamp"]
    assert (await api.get(body)).status_code == 200
    # Applying the same brings nobody back.
    still = await api.ok(api.apply(body))
    assert still["metadata"]["deletionTimestamp"] == waits["metadata"]["deletionTimestamp"]
    await api.ok(api.patch(body, {"metadata": {"finalizers": None}}))
    assert (await api.get(body)).status_code == 404


async def test_many_are_deleted_by_their_label(api: Api) -> None:
    for name in ("a", "b"):
        await api.ok(api.apply(config(name, metadata={"labels": {"go": "yes"}})))
    await api.ok(api.apply(config("c")))
    path = api.path(config(), named=False)
    answer = await api.client.delete(path, params={"labelSelector": "go=yes"})
    assert [it["metadata"]["name"] for it in answer.json()["items"]] == ["a", "b"]
    assert (await api.get(config("a"))).status_code == 404
    assert (await api.get(config("c"))).status_code == 200


async def test_a_namespace_that_goes_lets_nothing_in(api: Api) -> None:
    body = manifest("v1", "Namespace", api.namespace)
    going = await api.ok(api.delete(body))
    assert going["status"]["phase"] == "Terminating"
    words = await api.refused(api.apply(config()), 403)
    assert words == (
        f'configmaps "config" is forbidden: unable to create new content in namespace'
        f" {api.namespace} because it is being terminated"
    )


async def test_some_namespaces_stay(api: Api) -> None:
    words = await api.refused(api.delete(manifest("v1", "Namespace", "default")), 403)
    assert words == 'namespaces "default" is forbidden: this namespace may not be deleted'
