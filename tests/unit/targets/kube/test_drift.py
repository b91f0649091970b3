"""What was changed by hand, in words; and what is none of it."""

from __future__ import annotations

import json
from typing import Any

from rackhouse.targets.kube.drift import words

CONTAINER = {"name": "web", "image": "hello:r1", "env": [{"name": "A", "value": "1"}]}
SPEC: dict[str, Any] = {"replicas": 1, "template": {"spec": {"containers": [CONTAINER]}}}
BODY: dict[str, Any] = {"apiVersion": "apps/v1", "kind": "Deployment", "spec": SPEC}
TEXT = json.dumps({"spec": {"": "Object", "body": json.dumps(BODY)}})
WEB = f"k:{json.dumps({'name': 'web'})}"


def live(spec: dict[str, Any], **fields: Any) -> dict[str, Any]:
    entry = {"manager": "kubectl-edit", "operation": "Update", "fieldsV1": {"f:spec": fields}}
    return {**BODY, "spec": spec, "metadata": {"managedFields": [entry]}}


def test_a_field_inside_a_container_is_named_with_both_values() -> None:
    now = {**CONTAINER, "image": "hello:mine"}
    there = live(
        {**SPEC, "template": {"spec": {"containers": [now]}}},
        **{"f:template": {"f:spec": {"f:containers": {WEB: {"f:image": {}}}}}},
    )
    path = "spec.template.spec.containers.web.image"
    assert words(there, TEXT) == f"{path}: hello:r1 -> hello:mine (by kubectl-edit)"


def test_what_nobody_of_us_had_said_is_none_of_ours() -> None:
    assert words(live({**SPEC, "paused": True}, **{"f:paused": {}}), TEXT) == ""


def test_what_is_gone_is_named() -> None:
    assert (
        words(live({"template": SPEC["template"]}, **{"f:paused": {}}), TEXT)
        == "spec.replicas was taken away"
    )


def test_without_a_memory_of_it_the_part_is_named() -> None:
    assert words(live(SPEC, **{"f:replicas": {}}), None) == "spec (by kubectl-edit)"


def test_of_many_a_few_are_shown() -> None:
    spec = {f"s{n}": 1 for n in range(5)}
    text = json.dumps({"spec": {"body": json.dumps({"apiVersion": "v1", "spec": spec})}})
    there = live(dict.fromkeys(spec, 2), **{f"f:{name}": {} for name in spec})
    assert words(there, text).endswith(", and 2 more")
