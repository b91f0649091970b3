"""What is wrong is refused in the same words, with the field that is meant."""

from __future__ import annotations

from typing import Any

import pytest

from integration.kube.api import (
    Api,
    Manifest,
    config,
    deployment,
    manifest,
    with_container,
    with_pods,
)

_IN = "spec.template.spec"
_TYPED = "failed to create typed patch object (/web; apps/v1, Kind=Deployment): "


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (deployment(nmae=1), ".spec.nmae: field not declared in schema"),
        (
            with_container(imgae="x"),
            f'.{_IN}.containers[name="web"].imgae: field not declared in schema',
        ),
        (
            deployment(replicas="two"),
            ".spec.replicas: expected numeric (int or float), got string",
        ),
        (
            with_container(image=5),
            (
                f'.{_IN}.containers[name="web"].image: expected string,'
                " got &value.valueUnstructured{Value:5}"
            ),
        ),
        (
            with_container(ports={"a": 1}),
            f'.{_IN}.containers[name="web"].ports: expected list, got &{{map[a:1]}}',
        ),
        (
            with_container(resources=[1]),
            f'.{_IN}.containers[name="web"].resources: expected map, got &{{[1]}}',
        ),
        (
            with_container(env=[{"name": "A"}, {"name": "A"}]),
            f'.{_IN}.containers[name="web"].env: duplicate entries for key [name="A"]',
        ),
    ],
    ids=["field", "nested", "number", "string", "list", "map", "twice"],
)
async def test_a_shape_that_is_wrong(api: Api, body: Manifest, words: str) -> None:
    assert await api.refused(api.apply(body), 500) == _TYPED + words


async def test_a_quantity_that_is_none(api: Api) -> None:
    words = await api.refused(
        api.apply(with_container(resources={"limits": {"memory": "64Mj"}})), 500
    )
    assert words.startswith("failed to convert new object (/web; apps/v1, Kind=Deployment)")
    assert "quantities must match the regular expression" in words


_LABEL = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-'"


@pytest.mark.parametrize(
    ("body", "field", "words"),
    [
        (
            with_container(ports=[{"containerPort": 80_000}]),
            f"{_IN}.containers[0].ports[0].containerPort",
            "Invalid value: 80000: must be between 1 and 65535, inclusive",
        ),
        (with_container(image=""), f"{_IN}.containers[0].image", "Required value"),
        (
            with_container(volumeMounts=[{"name": "x", "mountPath": "/x"}]),
            f"{_IN}.containers[0].volumeMounts[0].name",
            'Not found: "x"',
        ),
        (
            with_container(
                resources={"limits": {"memory": "64Mi"}, "requests": {"memory": "128Mi"}}
            ),
            f"{_IN}.containers[0].resources.requests",
            'Invalid value: "128Mi": must be less than or equal to memory limit of 64Mi',
        ),
        (
            with_container(imagePullPolicy="Sometimes"),
            f"{_IN}.containers[0].imagePullPolicy",
            'Unsupported value: "Sometimes": supported values: "Always", "IfNotPresent", "Never"',
        ),
        (
            with_container(readinessProbe={"periodSeconds": 5}),
            f"{_IN}.containers[0].readinessProbe",
            "Required value: must specify a handler type",
        ),
        (
            with_container(env=[{"value": "x"}]),
            f"{_IN}.containers[0].env[0].name",
            "Required value",
        ),
        (with_pods(containers=[]), f"{_IN}.containers", "Required value"),
        (
            with_pods(initContainers=[{"name": "web", "image": "x"}]),
            f"{_IN}.initContainers[0].name",
            'Duplicate value: "web"',
        ),
        (
            with_pods(restartPolicy="Never"),
            f"{_IN}.restartPolicy",
            'Unsupported value: "Never": supported values: "Always"',
        ),
        (
            deployment(selector={"matchLabels": {"app": "other"}}),
            "spec.template.metadata.labels",
            'Invalid value: {"app":"web"}: `selector` does not match template `labels`',
        ),
        (
            deployment(replicas=-1),
            "spec.replicas",
            "Invalid value: -1: must be greater than or equal to 0",
        ),
        (
            deployment(strategy={"rollingUpdate": {"maxSurge": 0, "maxUnavailable": 0}}),
            "spec.strategy.rollingUpdate.maxUnavailable",
            "Invalid value: 0: may not be 0 when `maxSurge` is 0",
        ),
        (
            manifest("v1", "Service", "s" * 64, spec={"ports": [{"port": 80}]}),
            "metadata.name",
            f'Invalid value: "{"s" * 64}": must be no more than 63 characters',
        ),
        (
            manifest("v1", "Service", "s", spec={"selector": {"a": "b"}}),
            "spec.ports",
            "Required value",
        ),
        (
            manifest("v1", "Secret", "s", type="kubernetes.io/tls", data={"tls.crt": ""}),
            "data[tls.key]",
            "Required value",
        ),
        (
            config(data={"a b": "c"}),
            "data[a b]",
            (
                'Invalid value: "a b": a valid config key must consist of alphanumeric characters,'
                " '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for"
                " validation is '[-._a-zA-Z0-9]+')"
            ),
        ),
        (
            config(data={"a": "x" * (1024 * 1024 + 1)}),
            "[]",
            "Too long: may not be more than 1048576 bytes",
        ),
        (
            manifest(
                "networking.k8s.io/v1",
                "NetworkPolicy",
                "n",
                spec={"podSelector": {}, "egress": [{"to": [{"ipBlock": {"cidr": "10.0.0.0"}}]}]},
            ),
            "spec.egress[0].to[0].ipBlock.cidr",
            (
                'Invalid value: "10.0.0.0": must be a valid CIDR value, (e.g. 10.9.8.0/24 or'
                " 2001:db8::/64)"
            ),
        ),
    ],
)
async def test_a_value_that_is_wrong(api: Api, body: Manifest, field: str, words: str) -> None:
    answer = await api.apply(body)
    assert answer.status_code == 422, answer.text
    status = answer.json()
    [cause] = status["details"]["causes"]
    assert (cause["field"], cause["message"]) == (field, words)
    group, _, _ = body["apiVersion"].rpartition("/")
    title = f"{body['kind']}.{group}" if group else body["kind"]
    assert status["message"] == f'{title} "{body["metadata"]["name"]}" is invalid: {field}: {words}'


def job(image: str = "job:1", **spec: Any) -> Manifest:
    pod = {"restartPolicy": "Never", "containers": [{"name": "job", "image": image}]}
    return manifest("batch/v1", "Job", "job", spec={"template": {"spec": pod}, **spec})


def cron(schedule: str) -> Manifest:
    return manifest(
        "batch/v1", "CronJob", "cron", spec={"schedule": schedule, "jobTemplate": job()}
    )


async def test_a_job_that_would_never_end(api: Api) -> None:
    body = job()
    del body["spec"]["template"]["spec"]["restartPolicy"]
    words = await api.refused(api.apply(body), 422)
    assert words.endswith('restartPolicy: Required value: valid values: "OnFailure", "Never"')


async def test_a_schedule_that_is_none(api: Api) -> None:
    body = cron("5 * *")
    body["spec"]["jobTemplate"] = {"spec": job()["spec"]}
    words = await api.refused(api.apply(body), 422)
    assert words.endswith('Invalid value: "5 * *": expected exactly 5 fields, found 3: [5 * *]')


def stateful(size: str = "1Gi") -> Manifest:
    claim = {
        "metadata": {"name": "data"},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": size}}},
    }
    spec = {**deployment()["spec"], "serviceName": "web", "volumeClaimTemplates": [claim]}
    return manifest("apps/v1", "StatefulSet", "web", spec=spec)


async def test_what_stays_as_it_was_made(api: Api) -> None:
    await api.ok(api.apply(deployment()))
    changed = deployment(selector={"matchLabels": {"app": "x"}})
    changed["spec"]["template"]["metadata"]["labels"] = {"app": "x"}
    words = await api.refused(api.apply(changed), 422)
    assert words.endswith(
        'spec.selector: Invalid value: {"matchLabels":{"app":"x"}}: field is immutable'
    )

    await api.ok(api.apply(stateful()))
    words = await api.refused(api.apply(stateful("2Gi")), 422)
    assert "updates to statefulset spec for fields other than 'replicas'" in words

    await api.ok(api.apply(job()))
    words = await api.refused(api.apply(job("job:2")), 422)
    assert "spec.template: Invalid value" in words
    assert words.endswith("field is immutable")

    sealed = manifest("v1", "Secret", "s", immutable=True, data={"a": "Yg=="})
    await api.ok(api.apply(sealed))
    words = await api.refused(api.apply({**sealed, "data": {"a": "Yw=="}}), 422)
    assert (
        words
        == 'Secret "s" is invalid: data: Forbidden: field is immutable when `immutable` is set'
    )


async def test_a_service_keeps_its_address(api: Api) -> None:
    body = manifest("v1", "Service", "s", spec={"ports": [{"port": 80}]})
    made = await api.ok(api.apply(body))
    assert made["spec"]["clusterIPs"] == [made["spec"]["clusterIP"]]
    change = {"spec": {"clusterIP": "10.96.250.250", "clusterIPs": ["10.96.250.250"]}}
    words = await api.refused(api.patch(body, change), 422)
    assert words.endswith("may not change once set")


async def test_names_in_the_address_and_in_the_body_agree(api: Api) -> None:
    answer = api.patch(
        deployment(), deployment("other"), "application/apply-patch+yaml", fieldManager="x"
    )
    words = await api.refused(answer, 400)
    assert words == "the name of the object (other) does not match the name on the URL (web)"


async def test_kinds_in_the_address_and_in_the_body_agree(api: Api) -> None:
    answer = api.patch(deployment(), stateful(), "application/apply-patch+yaml", fieldManager="x")
    assert await api.refused(answer, 400) == "invalid object type: apps/v1, Kind=StatefulSet"


async def test_unknown_fields_are_refused_where_that_is_asked_for(api: Api) -> None:
    words = await api.refused(api.create(deployment(nmae=1), fieldValidation="Strict"), 400)
    assert words == (
        'Deployment in version "v1" cannot be handled as a Deployment: strict decoding error:'
        ' unknown field "spec.nmae"'
    )
    made = await api.ok(api.create(deployment(nmae=1), fieldValidation="Ignore"))
    assert "nmae" not in made["spec"]


async def test_nothing_is_made_where_there_is_no_namespace(api: Api) -> None:
    api.namespace = "t-nowhere"
    words = await api.refused(api.apply(config()), 404)
    assert words == 'namespaces "t-nowhere" not found'


async def test_what_is_there_is_not_made_again(api: Api) -> None:
    await api.ok(api.create(config()))
    assert await api.refused(api.create(config()), 409) == 'configmaps "config" already exists'


async def test_who_is_late_is_told(api: Api) -> None:
    made = await api.ok(api.create(config(data={"a": "b"})))
    await api.ok(api.patch(made, {"data": {"a": "c"}}))
    words = await api.refused(api.replace(made), 409)
    assert words == (
        'Operation cannot be fulfilled on configmaps "config": the object has been modified;'
        " please apply your changes to the latest version and try again"
    )


async def test_an_object_that_is_too_large_never_comes_in(api: Api) -> None:
    answer = await api.apply(config(data={"a": "x" * (3 * 1024 * 1024)}))
    assert answer.status_code == 413
