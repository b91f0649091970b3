"""A service account with a token of its own may what its roles say, and nothing else."""

from __future__ import annotations

import httpx
import pytest

from integration.kube.api import Api, config, deployment, manifest

_RBAC = "rbac.authorization.k8s.io/v1"


@pytest.fixture
async def token(api: Api) -> str:
    """Of an account that may read ConfigMaps of its namespace, and change one Deployment."""
    rules = [
        {"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get", "list"]},
        {
            "apiGroups": ["apps"],
            "resources": ["deployments"],
            "resourceNames": ["web"],
            "verbs": ["get", "patch"],
        },
    ]
    await api.ok(api.apply(manifest("v1", "ServiceAccount", "bot")))
    await api.ok(api.apply(manifest(_RBAC, "Role", "bot", rules=rules)))
    subject = {"kind": "ServiceAccount", "name": "bot", "namespace": api.namespace}
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "bot"}
    binding = manifest(_RBAC, "RoleBinding", "bot", roleRef=role, subjects=[subject])
    await api.ok(api.apply(binding))
    asked = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest"}
    path = api.path(manifest("v1", "ServiceAccount", "bot"), "token")
    answer = await api.client.post(path, json={**asked, "spec": {"expirationSeconds": 600}})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["status"]["token"])


async def _as(api: Api, token: str, method: str, path: str, **more: object) -> httpx.Response:
    headers = {"authorization": f"Bearer {token}", **more.pop("headers", {})}  # type: ignore[dict-item]
    async with api.nobody() as client:
        return await client.request(method, path, headers=headers, **more)  # type: ignore[arg-type]


async def test_it_may_what_its_role_says(api: Api, token: str) -> None:
    await api.ok(api.apply(config(data={"a": "b"})))
    answer = await _as(api, token, "GET", api.path(config()))
    assert answer.json()["data"] == {"a": "b"}
    await api.ok(api.apply(deployment()))
    answer = await _as(
        api,
        token,
        "PATCH",
        api.path(deployment()),
        json={"spec": {"replicas": 5}},
        headers={"content-type": "application/merge-patch+json"},
    )
    assert answer.json()["spec"]["replicas"] == 5


async def test_it_may_nothing_else(api: Api, token: str) -> None:
    answer = await _as(api, token, "DELETE", api.path(config()))
    assert answer.status_code == 403
    assert answer.json()["message"] == (
        f'configmaps "config" is forbidden: User "system:serviceaccount:{api.namespace}:bot"'
        f' cannot delete resource "configmaps" in API group "" in the namespace "{api.namespace}"'
    )
    answer = await _as(api, token, "GET", "/apis/apps/v1/deployments")
    assert answer.json()["message"] == (
        f'deployments.apps is forbidden: User "system:serviceaccount:{api.namespace}:bot" cannot'
        ' list resource "deployments" in API group "apps" at the cluster scope'
    )


async def test_it_may_change_no_other_of_the_kind(api: Api, token: str) -> None:
    await api.ok(api.apply(deployment("other")))
    answer = await _as(api, token, "GET", api.path(deployment("other")))
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("verb", "resource", "allowed"), [("list", "configmaps", True), ("create", "pods", False)]
)
async def test_it_may_ask_what_it_may(
    api: Api, token: str, verb: str, resource: str, allowed: bool
) -> None:
    wanted = {"verb": verb, "resource": resource, "namespace": api.namespace}
    body = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "spec": {"resourceAttributes": wanted},
    }
    path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
    answer = await _as(api, token, "POST", path, json=body)
    assert answer.json()["status"]["allowed"] is allowed
