"""Which fields of an object are ours, whoever else writes it."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from rackhouse.targets.kube.fields import before, by_hand, owned, pick

LEAVES = st.one_of(st.booleans(), st.integers(0, 9), st.text("abc", max_size=3))
NAMES = st.text("abcdef", min_size=1, max_size=4)


def _named(inside: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Lists as Kubernetes merges them: items by name, and sets of words."""
    items = st.lists(st.tuples(NAMES, inside), max_size=3, unique_by=lambda it: it[0]).map(
        lambda found: [{"name": name, "value": value} for name, value in found]
    )
    return st.one_of(items, st.lists(NAMES, max_size=3, unique=True))


TREES = st.recursive(
    LEAVES,
    lambda inside: st.one_of(st.dictionaries(NAMES, inside, max_size=3), _named(inside)),
    max_leaves=12,
)
MANIFESTS = st.dictionaries(NAMES, TREES, min_size=1, max_size=4)


def fields_of(value: Any) -> dict[str, Any]:
    """FieldsV1 of all of a value, as the server writes it for what one manager applied."""
    if isinstance(value, dict):
        return {f"f:{name}": fields_of(inside) for name, inside in value.items()}
    if isinstance(value, list):
        found: dict[str, Any] = {}
        for item in value:
            if isinstance(item, dict):
                key = json.dumps({"name": item["name"]})
                found[f"k:{key}"] = {".": {}, **fields_of(item)}
            else:
                found[f"v:{json.dumps(item)}"] = {}
        return found
    return {}


def live(body: dict[str, Any], *entries: dict[str, Any]) -> dict[str, Any]:
    return {**body, "metadata": {"managedFields": list(entries)}}


def ours(fields: dict[str, Any]) -> dict[str, Any]:
    return {"manager": "rackhouse", "operation": "Apply", "fieldsV1": fields}


@given(MANIFESTS)
def test_what_was_applied_alone_is_all_ours(body: dict[str, Any]) -> None:
    assert owned(live(body, ours(fields_of(body)))) == body


@given(MANIFESTS, MANIFESTS)
def test_what_others_add_is_not_ours(body: dict[str, Any], more: dict[str, Any]) -> None:
    others = {name: value for name, value in more.items() if name not in body}
    there = live({**others, **body}, ours(fields_of(body)))
    assert owned(there) == body


@given(MANIFESTS, MANIFESTS)
def test_before_an_apply_is_what_was_ours_and_what_it_will_take_back(
    body: dict[str, Any], more: dict[str, Any]
) -> None:
    there = {**more, **body}
    hand = {"manager": "kubectl-edit", "operation": "Update", "fieldsV1": fields_of(there)}
    taken = live(there, ours({}), hand)
    assert before(taken, there) == {}  # of what is not ours at all
    split = sorted(body)[: len(body) // 2 + 1]
    half = {name: body[name] for name in split}
    assert before(live(there, ours(fields_of(half)), hand), body) == body
    assert before(live(there, ours(fields_of(body))), more) == body


def test_items_are_found_by_their_keys_where_a_default_was_added() -> None:
    ports = [{"containerPort": 80, "protocol": "TCP"}, {"containerPort": 81, "protocol": "TCP"}]
    key = json.dumps({"containerPort": 80, "protocol": "TCP"})
    fields: dict[str, Any] = {f"k:{key}": {".": {}, "f:containerPort": {}}}
    assert pick(ports, fields) == [{"containerPort": 80}]


def test_a_report_is_not_an_apply() -> None:
    status = {**ours({"f:status": {}}), "operation": "Update", "subresource": "status"}
    assert owned(live({"status": {"ready": True}}, status)) == {}


def test_hands_are_told_from_controllers() -> None:
    def wrote(manager: str, **more: str) -> dict[str, Any]:
        fields: dict[str, Any] = {"f:spec": {"f:replicas": {}}}
        return {"manager": manager, "operation": "Update", "fieldsV1": fields, **more}

    there = live(
        {},
        wrote("kubectl-edit"),
        wrote("kubectl", subresource="scale"),
        wrote("kube-controller-manager", subresource="scale"),
        wrote("argocd-controller"),
        {**wrote("kubectl"), "operation": "Apply"},
        wrote("kubectl-patch", subresource="status"),
    )
    assert [who for who, _ in by_hand(there)] == ["kubectl-edit", "kubectl"]


def test_picking_changes_nothing() -> None:
    body = {"a": [{"name": "x", "value": 1}]}
    was = copy.deepcopy(body)
    assert pick(body, fields_of(body)) == body == was
