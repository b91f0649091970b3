"""What a namespace lets in: Pod Security, limits, quota, accounts, priorities."""

from __future__ import annotations

from integration.kube.api import Api, Manifest, manifest, pod

_ENFORCE = "pod-security.kubernetes.io/enforce"


async def _restricted(api: Api) -> None:
    labels = {_ENFORCE: "restricted"}
    await api.ok(api.apply(manifest("v1", "Namespace", api.namespace, metadata={"labels": labels})))


async def test_restricted_says_everything_that_it_refuses(api: Api) -> None:
    await _restricted(api)
    words = await api.refused(api.create(pod(securityContext=None)), 403)
    assert words == (
        'pods "pod" is forbidden: violates PodSecurity "restricted:latest":'
        ' allowPrivilegeEscalation != false (container "web" must set'
        " securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container"
        ' "web" must set securityContext.capabilities.drop=["ALL"]), runAsNonRoot != true (pod or'
        ' container "web" must set securityContext.runAsNonRoot=true), seccompProfile (pod or'
        ' container "web" must set securityContext.seccompProfile.type to "RuntimeDefault" or'
        ' "Localhost")'
    )


async def test_restricted_lets_in_what_is(api: Api) -> None:
    await _restricted(api)
    made = await api.ok(api.create(pod()))
    assert made["status"]["phase"] == "Pending"
    assert made["spec"]["serviceAccountName"] == "default"


def limits() -> Manifest:
    limit = {
        "type": "Container",
        "default": {"memory": "128Mi"},
        "defaultRequest": {"memory": "64Mi"},
        "max": {"memory": "1Gi"},
    }
    return manifest("v1", "LimitRange", "limits", spec={"limits": [limit]})


async def test_a_container_that_says_nothing_has_the_limits_of_its_namespace(api: Api) -> None:
    await api.ok(api.apply(limits()))
    made = await api.ok(api.create(pod()))
    [container] = made["spec"]["containers"]
    assert container["resources"] == {
        "limits": {"memory": "128Mi"},
        "requests": {"memory": "64Mi"},
    }
    assert made["status"]["qosClass"] == "Burstable"


async def test_a_container_may_not_have_more_than_its_namespace_lets_it(api: Api) -> None:
    await api.ok(api.apply(limits()))
    body = pod(resources={"limits": {"memory": "2Gi"}})
    assert await api.refused(api.create(body), 403) == (
        'pods "pod" is forbidden: maximum memory usage per Container is 1Gi, but limit is 2Gi'
    )


async def _quota(api: Api, **hard: str) -> None:
    """With a status as its controller writes it, which an API server alone has not."""
    body = manifest("v1", "ResourceQuota", "quota", spec={"hard": hard})
    await api.ok(api.apply(body))
    status = {"hard": hard, "used": dict.fromkeys(hard, "0")}
    await api.ok(api.patch(body, {"status": status}, "application/merge-patch+json", "status"))


async def test_a_quota_that_is_full_says_how_full(api: Api) -> None:
    await _quota(api, **{"limits.memory": "1Gi", "pods": "5"})
    body = pod("large", resources={"limits": {"memory": "2Gi"}})
    assert await api.refused(api.create(body), 403) == (
        'pods "large" is forbidden: exceeded quota: quota, requested: limits.memory=2Gi,'
        " used: limits.memory=0, limited: limits.memory=1Gi"
    )


async def test_under_a_quota_a_container_has_to_say_what_it_takes(api: Api) -> None:
    await _quota(api, **{"limits.memory": "1Gi"})
    assert await api.refused(api.create(pod()), 403) == (
        'pods "pod" is forbidden: failed quota: quota: must specify limits.memory for: web'
    )


async def test_a_pod_wants_an_account_that_is_there(api: Api) -> None:
    body = pod()
    body["spec"]["serviceAccountName"] = "nobody"
    words = await api.refused(api.create(body), 403)
    assert words == (
        f'pods "pod" is forbidden: error looking up service account {api.namespace}/nobody:'
        ' serviceaccount "nobody" not found'
    )


async def test_a_pod_wants_a_priority_that_is_there(api: Api) -> None:
    body = pod()
    body["spec"]["priorityClassName"] = "nothing"
    words = await api.refused(api.create(body), 403)
    assert words == 'pods "pod" is forbidden: no PriorityClass with name nothing was found'


async def test_a_pod_that_lives_takes_another_image_and_nothing_else(api: Api) -> None:
    body = pod()
    await api.ok(api.create(body))
    strategic = "application/strategic-merge-patch+json"
    image = {"spec": {"containers": [{"name": "web", "image": "example.com/web:2"}]}}
    made = await api.ok(api.patch(body, image, strategic))
    assert made["spec"]["containers"][0]["image"] == "example.com/web:2"
    env = {"spec": {"containers": [{"name": "web", "env": [{"name": "A", "value": "b"}]}]}}
    words = await api.refused(api.patch(body, env, strategic), 422)
    assert "pod updates may not change fields other than" in words
