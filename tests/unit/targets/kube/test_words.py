"""What an API server refuses, in words, with its mending."""

from __future__ import annotations

from typing import Any

import pytest

from rackhouse.kit.errors import (
    Missing,
    RackhouseError,
    Refused,
    StepFailed,
    Unavailable,
    WorldChanged,
)
from rackhouse.targets.kube.words import conflicts, immutable, is_conflict, refusal

QUOTA = (
    'pods "web-1" is forbidden: exceeded quota: quota, requested: limits.memory=512Mi,'
    " used: limits.memory=1Gi, limited: limits.memory=1Gi"
)
WEBHOOK = (
    'Internal error occurred: failed calling webhook "webhook.cert-manager.io": failed to call'
    ' webhook: Post "https://cert-manager-webhook.cert-manager.svc:443/validate?timeout=30s":'
)


@pytest.mark.parametrize(
    ("code", "message", "error", "said"),
    [
        (403, QUOTA, Refused, "the quota 'quota' is used up: requested: limits.memory=512Mi"),
        (500, f"{WEBHOOK} context deadline exceeded", Unavailable, "does not answer in time"),
        (500, f"{WEBHOOK} connection refused", Unavailable, "'webhook.cert-manager.io'"),
        (400, 'admission webhook "p" denied the request: no', Refused, "'p' refuses it: no"),
        (413, "Request entity too large: limit is 3145728", Refused, "too large for a cluster"),
        (500, "etcdserver: request is too large", Refused, "too large for a cluster"),
        (422, "Too long: must have at most 1048576 bytes", Refused, "too large for a cluster"),
        (
            403,
            "unable to create new content in namespace hello because it is being terminated",
            Unavailable,
            "being terminated",
        ),
        (403, 'pods is forbidden: User "x" cannot list', Refused, "cannot list"),
        (404, 'namespaces "hello" not found', Missing, "not found"),
        (409, "the object has been modified", WorldChanged, "modified"),
        (503, "apiserver is starting", Unavailable, "starting"),
        (500, "something new", StepFailed, "something new"),
    ],
)
def test_a_refusal_says_what_it_is(
    code: int, message: str, error: type[RackhouseError], said: str
) -> None:
    found = refusal("kube.home/Deployment/hello.web", "https://pi-1:6443", code, _said(message))
    assert type(found) is error
    assert said in found.what
    assert found.fix


def test_who_is_not_known_any_more_is_told_how_to_come_in_again() -> None:
    found = refusal("GET /api", "https://pi-1:6443", 401, _said("Unauthorized"))
    assert type(found) is Unavailable
    assert found.fix.startswith("`rackhouse cluster add NAME` again")
    assert "--kubeconfig FILE" in found.fix


def test_every_wrong_field_is_named() -> None:
    causes = [
        {"field": "spec.replicas", "message": "Invalid value: -1", "reason": "FieldValueInvalid"},
        {"field": "spec.template", "message": "Required value", "reason": "FieldValueRequired"},
    ]
    found = refusal("x", "", 422, _said("Deployment is invalid", causes))
    assert "spec.replicas: Invalid value: -1; spec.template: Required value" in found.what


def test_conflicts_are_told_by_who_has_the_fields() -> None:
    causes = [
        _conflict('conflict with "argocd" using apps/v1', ".spec.replicas"),
        _conflict('conflict with "argocd" using apps/v1', ".spec.paused"),
        _conflict('conflict with "kubectl" with subresource "scale" using apps/v1', ".spec.x"),
    ]
    said = _said("Apply failed with 3 conflicts", causes)
    assert is_conflict(said)
    assert conflicts(said) == {
        "argocd": (".spec.replicas", ".spec.paused"),
        "kubectl": (".spec.x",),
    }


def test_fields_that_are_fixed_are_known() -> None:
    causes = [
        {"field": "spec.selector", "message": "Invalid value: {}: field is immutable"},
        {"field": "spec.replicas", "message": "Invalid value: -1"},
    ]
    assert immutable(_said("x", causes)) == ("spec.selector",)


def _conflict(message: str, field: str) -> dict[str, str]:
    return {"reason": "FieldManagerConflict", "message": message, "field": field}


def _said(message: str, causes: list[dict[str, str]] | None = None) -> dict[str, Any]:
    return {"kind": "Status", "message": message, "details": {"causes": causes or []}}
