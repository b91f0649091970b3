"""A kind exists from its CRD on: its schema is kept, its lists are merged as it says."""

from __future__ import annotations

from typing import Any

import pytest

from integration.kube.api import MERGE, Api, Manifest, managers, manifest


@pytest.fixture
def group(api: Api) -> str:
    """Of this test alone."""
    return f"{api.namespace}.example.com"


@pytest.fixture
async def things(api: Api, group: str) -> Api:
    await api.ok(api.apply(definition(group)))
    await api.until(f"/apis/{group}/v1/namespaces/{api.namespace}/things")
    return api


def definition(group: str) -> Manifest:
    item = {
        "type": "object",
        "required": ["name"],
        "properties": {"name": {"type": "string"}, "value": {"type": "string"}},
    }
    fields = {
        "size": {"type": "integer", "minimum": 1},
        "mode": {"type": "string", "enum": ["a", "b"], "default": "a"},
        "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
        "items": {
            "type": "array",
            "x-kubernetes-list-type": "map",
            "x-kubernetes-list-map-keys": ["name"],
            "items": item,
        },
    }
    spec = {"type": "object", "required": ["size"], "properties": fields}
    status = {"type": "object", "properties": {"phase": {"type": "string"}}}
    schema = {"type": "object", "properties": {"spec": spec, "status": status}}
    version = {
        "name": "v1",
        "served": True,
        "storage": True,
        "subresources": {"status": {}},
        "schema": {"openAPIV3Schema": schema},
    }
    names = {"plural": "things", "kind": "Thing"}
    return manifest(
        "apiextensions.k8s.io/v1",
        "CustomResourceDefinition",
        f"things.{group}",
        spec={"group": group, "scope": "Namespaced", "names": names, "versions": [version]},
    )


def thing(group: str, **spec: Any) -> Manifest:
    return manifest(f"{group}/v1", "Thing", "thing", spec=spec)


async def test_before_its_crd_there_is_no_such_kind(api: Api, group: str) -> None:
    assert (await api.apply(thing(group, size=1))).status_code == 404


async def test_it_is_kept_with_its_defaults(things: Api, group: str) -> None:
    made = await things.ok(things.apply(thing(group, size=1, free={"what": ["ever"]})))
    assert made["spec"] == {"size": 1, "mode": "a", "free": {"what": ["ever"]}}
    assert managers(made)["suite"] == {"f:spec": {"f:size": {}, "f:free": {"f:what": {}}}}
    assert await things.ok(things.apply(thing(group, size=1, free={"what": ["ever"]}))) == made


async def test_its_lists_have_keys(things: Api, group: str) -> None:
    await things.ok(things.apply(thing(group, size=1, items=[{"name": "x", "value": "1"}])))
    other = thing(group, size=1, items=[{"name": "y", "value": "2"}])
    made = await things.ok(things.apply(other, "other"))
    assert [it["name"] for it in made["spec"]["items"]] == ["x", "y"]
    changed = thing(group, size=1, items=[{"name": "x", "value": "9"}])
    words = await things.refused(things.apply(changed, "other"), 409)
    assert words.endswith('conflict with "suite": .spec.items[name="x"].value')


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ({}, "spec.size: Required value"),
        (
            {"size": 0},
            "spec.size: Invalid value: 0: spec.size in body should be greater than or equal to 1",
        ),
        (
            {"size": 1, "mode": "z"},
            'spec.mode: Unsupported value: "z": supported values: "a", "b"',
        ),
    ],
)
async def test_its_schema_is_kept(
    things: Api, group: str, spec: dict[str, Any], words: str
) -> None:
    said = await things.refused(things.apply(thing(group, **spec)), 422)
    assert said == f'Thing.{group} "thing" is invalid: {words}'


async def test_fields_that_it_has_not_are_refused(things: Api, group: str) -> None:
    words = await things.refused(things.apply(thing(group, size=1, other=2)), 500)
    assert words.endswith(".spec.other: field not declared in schema")


async def test_its_status_is_another_way_in(things: Api, group: str) -> None:
    body = thing(group, size=1)
    await things.ok(things.apply({**body, "status": {"phase": "lost"}}))
    assert "status" not in await things.ok(things.get(body))
    change = {"status": {"phase": "kept"}, "spec": {"size": 5}}
    made = await things.ok(things.patch(body, change, MERGE, "status"))
    assert (made["status"], made["spec"]["size"]) == ({"phase": "kept"}, 1)
    assert made["metadata"]["generation"] == 1


async def test_with_its_crd_all_of_them_go(things: Api, group: str) -> None:
    await things.ok(things.apply(thing(group, size=1)))
    crd = definition(group)
    await things.ok(things.delete(crd))
    await things.absent(things.path(crd))
    await things.ok(things.apply(crd))
    await things.until(things.path(thing(group), named=False))
    assert (await things.get(thing(group))).status_code == 404
