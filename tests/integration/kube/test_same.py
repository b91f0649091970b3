"""Whatever several people apply, edit and drop: the twin ends with the same object, owned the same.

The real server is asked the same things in the same order; answers are compared one by one.
"""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integration.kube.api import MERGE, Api, Manifest, deployment
from integration.kube.conftest import client_of
from lanes.control import ControlPlane
from rackhouse.twin.kube.cluster import Cluster

pytestmark = pytest.mark.xdist_group("kubernetes")

_NAMES, _VALUES = st.sampled_from(["a", "b", "c"]), st.sampled_from(["1", "2"])
_SOME = st.dictionaries(_NAMES, _VALUES, min_size=1, max_size=2)
_ENV = st.lists(
    st.fixed_dictionaries({"name": _NAMES, "value": _VALUES}),
    unique_by=lambda it: it["name"],
    min_size=1,
    max_size=3,
)
_CONTAINER = st.fixed_dictionaries(
    {"name": _NAMES, "image": _VALUES},
    optional={
        "args": st.lists(_VALUES, min_size=1, max_size=2),
        "env": _ENV,
        "ports": st.just([{"containerPort": 80}]) | st.just([{"containerPort": 81}]),
        "readinessProbe": st.just({"httpGet": {"port": 80}}),
    },
)
_POD = st.fixed_dictionaries(
    {"containers": st.lists(_CONTAINER, unique_by=lambda it: it["name"], min_size=1, max_size=3)},
    optional={"nodeSelector": _SOME, "terminationGracePeriodSeconds": st.integers(1, 3)},
)
_METADATA = st.fixed_dictionaries({}, optional={"labels": _SOME, "annotations": _SOME})


def manifest(metadata: Manifest, pod: Manifest, replicas: int | None) -> Manifest:
    made = deployment()
    made["metadata"] |= metadata
    made["spec"]["template"]["spec"] = pod
    if replicas is None:
        del made["spec"]["replicas"]
    else:
        made["spec"]["replicas"] = replicas
    return made


_APPLY = st.tuples(
    st.builds(manifest, _METADATA, _POD, st.none() | st.integers(0, 2)),
    st.sampled_from(["x", "y"]),
    st.booleans(),
)
_EDIT = st.tuples(
    st.just({"spec": {"replicas": 2}})
    | st.just({"metadata": {"labels": {"a": "3"}}})
    | st.just({"metadata": {"annotations": None}}),
    st.just(""),
    st.booleans(),
)


async def ask(api: Api, body: Manifest, who: str, force: bool) -> tuple[int, Any]:
    if who:
        answer = await api.apply(body, who, force=str(force).lower())
    else:
        answer = await api.patch(deployment(), body, MERGE, fieldManager="edit")
    return answer.status_code, told(answer.json())


def told(body: Manifest) -> Any:
    """What has to be the same: not names, times and numbers of the server's own."""
    if body["kind"] == "Status":
        causes = body["details"].get("causes", ())
        return body["message"], sorted((it["field"], it["message"]) for it in causes)
    metadata = body["metadata"]
    owned = {it["manager"]: it["fieldsV1"] for it in metadata["managedFields"]}
    same = {key: metadata.get(key) for key in ("labels", "annotations", "generation")}
    return same, body["spec"], owned


@pytest.fixture
def real(request: pytest.FixtureRequest) -> ControlPlane:
    found: ControlPlane = request.getfixturevalue("control_plane")
    return found


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_APPLY | _EDIT, min_size=1, max_size=5))
def test_both_say_the_same(real: ControlPlane, steps: list[tuple[Manifest, str, bool]]) -> None:
    asyncio.run(_compare(real, steps))


async def _compare(real: ControlPlane, steps: list[tuple[Manifest, str, bool]]) -> None:
    namespace = f"t-{uuid4().hex[:12]}"
    async with client_of(real) as there, client_of(Cluster()) as here:
        both = [Api(it, namespace, lambda: here, None) for it in (there, here)]
        for api in both:
            await api.namespaced()
            await api.ok(api.apply(deployment(), "first"))
        for step in steps:
            said, mirrored = [await ask(api, *step) for api in both]
            assert mirrored == said, step
        await both[0].client.delete(f"/api/v1/namespaces/{namespace}")
