"""PostgreSQL's copies: what the servers' schemas take, in which order, and what is told of them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackhouse.app.model import App
from rackhouse.desired.clusters import clusters, sides
from rackhouse.desired.kube import kube
from rackhouse.desired.platform.budget import budget
from rackhouse.desired.platform.build import platform, together
from rackhouse.desired.platform.copied import GIVEN, KEYS, SCOPE, copied, trouble, ungiven, window
from rackhouse.rack.load import load
from rackhouse.resources.core import Id, Resource
from unit.delivery.onrack.place import HELLO, released
from unit.desired.kube.schemas import NEWEST, errors
from unit.desired.platform.cases import manifests

RACK = """
nodes: {pi: {role: server, board: rpi5-8gb, disk: nvme, address: 10.20.20.11}}
clusters: {home: {nodes: [pi]}}
backups: {to: "s3://s3.elsewhere.example/rack", every: 6h}
data: {postgres: {recover: {from: postgres, into: postgres-2}}}
"""
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def everything(text: str = RACK) -> dict[Id, Resource[Any]]:
    rack = load(text)
    return dict(together(kube(rack, (), GIVEN), platform(rack)))


@pytest.mark.parametrize("version", NEWEST)
def test_the_published_schemas_take_all_of_it(version: str) -> None:
    found = manifests(everything())
    assert {"ObjectStore", "ScheduledBackup"} <= {it["kind"] for it in found}
    assert [error for it in found for error in errors(it, version)] == []


def test_each_comes_after_what_it_stands_on() -> None:
    found = everything()
    order = (
        "HelmChart/kube-system.cert-manager",
        "HelmChart/kube-system.plugin-barman-cloud",
        "ObjectStore/data.copies",
        "Cluster/data.postgres",
        "ScheduledBackup/data.copies",
    )
    ids = [Id.parse(f"kube.home/{it}") for it in order]
    assert all(before in found[after].before for before, after in pairwise(ids))
    assert Id.parse("kube.home/HelmChart/kube-system.cloudnative-pg") in found[ids[3]].before


def test_no_key_is_in_an_object() -> None:
    found = everything()
    (secret,) = [it for id, it in found.items() if str(id) == "kube.home/Secret/data.copies"]
    assert {str(ref.to) for ref in secret.refs} == {f"vault/given/{it}" for it in GIVEN}
    assert all(it["kind"] != "Secret" for it in manifests(found))


def needing(kind: str) -> App:
    text = HELLO.replace("{type: secret}", f"{{type: {kind}}}").replace("key.value", "key.host")
    return released(text, 1)


@pytest.mark.parametrize("keys", [(), sorted(GIVEN)[:1]])
def test_what_begins_with_copies_is_not_made_before_they_can_be_had(keys: Collection[str]) -> None:
    cluster = Id.parse("kube.home/Cluster/data.postgres")
    fresh = RACK.replace("postgres: {recover: {from: postgres, into: postgres-2}}", "")
    for text, there in ((RACK, False), (fresh, True)):
        rack = load(text + "applications: {hello: {folder: ., cluster: home}}")
        assert (cluster in clusters(rack, sides(rack, [], ["home"], keys), keys).resources) is there
        for kind in ("postgres", "vector"):
            found = sides(rack, [needing(kind)], ["home"], keys)
            assert ("hello" in found.away) is there
            assert clusters(rack, found, keys).resources
            if not there:
                (left,) = found.left_out
                assert left.why.startswith("PostgreSQL on home begins with copies")
                assert left.fix.endswith("`rackhouse secret set postgres copies-secret-key`")
        assert sides(rack, [needing("redis")], ["home"], keys).left_out == ()


def test_with_the_keys_it_begins_with_them_and_all_come() -> None:
    rack = load(RACK + "applications: {hello: {folder: ., cluster: home}}")
    found = sides(rack, [needing("postgres")], ["home"], GIVEN)
    (server,) = [it for it in manifests(clusters(rack, found, GIVEN).resources) if _is_sql(it)]
    assert server["spec"]["bootstrap"] == {"recovery": {"source": "before"}}
    assert found.left_out == ()


def _is_sql(manifest: dict[str, Any]) -> bool:
    return str(manifest["apiVersion"]).startswith("postgresql") and manifest["kind"] == "Cluster"


def test_what_copies_asks_for_is_counted() -> None:
    more, less = (budget(load(it), "home") for it in (RACK, RACK.partition("backups")[0]))
    assert more.memory - less.memory == (64 + 64 + 3 * 48) * 2**20  # plugin, sidecar, cert-manager
    named = {it.component.name for it in less.lines}
    assert not named & {"plugin-barman-cloud", "cert-manager"}


def test_the_charts_pods_speak_with_whom_they_have_to() -> None:
    policies = {
        it["metadata"]["name"]: it["spec"]
        for it in manifests(everything())
        if it["kind"] == "NetworkPolicy" and it["metadata"]["namespace"] == "cnpg-system"
    }
    asked = [{"port": 9090, "protocol": "TCP"}]
    assert policies["plugin-barman-cloud"]["ingress"][0]["ports"] == asked
    assert policies["cloudnative-pg"]["egress"][-1]["ports"] == asked


@pytest.mark.parametrize(
    ("file", "there"),
    [
        (RACK, True),
        (RACK.replace("postgres: {recover: {from: postgres, into: postgres-2}}", ""), True),
        ("", False),
        ("backups: {to: /media/usb}", False),
        ("backups: {to: s3://elsewhere.example/b}\nclusters: {home: {}}", False),
        ("backups: {to: s3://elsewhere.example/b}\ndata: {postgres: none}", False),
    ],
)
def test_where_there_are_copies(file: str, there: bool) -> None:
    assert (copied(load(file), "home") is not None) is there


def test_keys_that_nobody_gave_are_named() -> None:
    assert ungiven(()) == KEYS
    assert ungiven([f"{SCOPE}.{KEYS[0]}"]) == KEYS[1:]
    assert ungiven(GIVEN) == ()


def store(**told: datetime) -> dict[str, Any]:
    """As the plugin writes it."""
    said = {key: moment.strftime("%Y-%m-%dT%H:%M:%SZ") for key, moment in told.items()}
    return {"status": {"serverRecoveryWindow": {"postgres": said}}}


def test_what_the_plugin_says_is_read() -> None:
    found = window(
        store(firstRecoverabilityPoint=NOW - timedelta(days=3), lastSuccessfulBackupTime=NOW),
        "postgres",
    )
    assert (found.since, found.last, found.failed) == (NOW - timedelta(days=3), NOW, None)
    empty: tuple[dict[str, Any], ...] = ({}, {"status": {}}, store())
    for nothing in empty:
        assert window(nothing, "postgres").last is None
    assert window(store(lastSuccessfulBackupTime=NOW), "postgres-2").last is None


@given(st.integers(0, 48), st.none() | st.integers(0, 48))
def test_no_trouble_is_a_copy_that_is_neither_late_nor_followed_by_a_failure(
    last: int, failed: int | None
) -> None:
    said = load(RACK).backups
    assert said is not None
    told = {"lastSuccessfulBackupTime": NOW - timedelta(hours=last)}
    if failed is not None:
        told["lastFailedBackupTime"] = NOW - timedelta(hours=failed)
    fine = last <= 12 and (failed is None or failed >= last)
    assert (trouble(window(store(**told), "postgres"), said, NOW) == "") is fine


def test_no_copy_at_all_is_trouble() -> None:
    said = load(RACK).backups
    assert said is not None
    assert trouble(window({}, "postgres"), said, NOW) == "no copy of PostgreSQL was ever finished"
