"""The evaluator of NetworkPolicies, by rules that their specification gives."""

from __future__ import annotations

from typing import Any

import pytest

from rackhouse.desired.kube.edges import Edges, Pod, selects

WEB, DATABASE = (
    Pod("shop", {"app": "web"}),
    Pod("data", {"app": "db", "tier": "gold"}, ports={"postgres": 5432}),
)
OUTSIDE = Pod(address="192.0.2.7")


def _policy(namespace: str = "data", **spec: Any) -> dict[str, Any]:
    return {
        "kind": "NetworkPolicy",
        "metadata": {"name": "it", "namespace": namespace},
        "spec": spec,
    }


def test_a_pod_that_no_policy_names_is_open() -> None:
    assert Edges([]).open(WEB, DATABASE, 5432)
    assert Edges([_policy("elsewhere", podSelector={})]).open(OUTSIDE, DATABASE, 5432)


@pytest.mark.parametrize(
    ("spec", "inwards", "outwards"),
    [
        ({"podSelector": {}}, False, True),  # about what comes in, where it does not say
        ({"podSelector": {}, "egress": [{}]}, False, True),
        ({"podSelector": {}, "policyTypes": ["Egress"]}, True, False),
        ({"podSelector": {"matchLabels": {"app": "other"}}}, True, True),
        ({"podSelector": {}, "ingress": [{"from": [{"podSelector": {}}]}]}, False, True),
        ({"podSelector": {}, "ingress": [{"from": [{"namespaceSelector": {}}]}]}, True, True),
    ],
)
def test_a_policy_closes_what_it_is_about(
    spec: dict[str, Any], inwards: bool, outwards: bool
) -> None:
    edges = Edges([_policy(**spec)])
    assert edges.open(WEB, DATABASE, 5432) == inwards
    assert edges.open(DATABASE, WEB, 80) == outwards


@pytest.mark.parametrize(
    ("ports", "opened"),
    [
        ([{"port": 5432}], {5432}),
        ([{"port": 5432, "protocol": "UDP"}], set()),
        ([{"port": 5430, "endPort": 5433}], {5430, 5432}),
        ([{"protocol": "TCP"}], {5430, 5432, 9}),
        ([{"port": "postgres"}], {5432}),  # as the target's container calls it
        ([{"port": "metrics"}], set()),
        ([], {5430, 5432, 9}),
    ],
)
def test_ports(ports: list[dict[str, Any]], opened: set[int]) -> None:
    edges = Edges([_policy(podSelector={}, ingress=[{"ports": ports}])])
    assert {port for port in (9, 5430, 5432) if edges.open(WEB, DATABASE, port)} == opened


def test_addresses_are_those_of_nobody_inside() -> None:
    block = {"ipBlock": {"cidr": "0.0.0.0/0", "except": ["10.0.0.0/8"]}}
    edges = Edges([_policy(podSelector={}, policyTypes=["Egress"], egress=[{"to": [block]}])])
    assert edges.open(DATABASE, OUTSIDE, 443)
    assert not edges.open(DATABASE, Pod(address="10.1.2.3"), 443)
    assert not edges.open(DATABASE, WEB, 443)


@pytest.mark.parametrize(
    ("operator", "values", "fits"),
    [
        ("In", ["gold"], True),
        ("In", ["tin"], False),
        ("NotIn", ["tin"], True),
        ("Exists", None, True),
        ("DoesNotExist", None, False),
    ],
)
def test_expressions(operator: str, values: list[str] | None, fits: bool) -> None:
    expression = {"key": "tier", "operator": operator, "values": values}
    assert selects({"matchExpressions": [expression]}, DATABASE.labels) == fits
