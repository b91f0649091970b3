"""The objects of a cluster, made, changed and looked at by a rack, in the twin of an API server."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from rackhouse.kit.errors import Missing, NotOurs, RackhouseError, Refused, StepFailed
from rackhouse.resources.core import Hidden, Id, Resource, Text
from rackhouse.twin.kube.cluster import Cluster
from unit.targets.kube.place import PATIENT, Lab, defined, driven, made, secret

SPACE = made("Namespace", "hello")
CONFIG = made("ConfigMap", "config", "hello", data={"a": "1", "b": "2"})
AT = "/api/v1/namespaces/hello/configmaps/config"
PASSWORD = Id("vault", "secret", "hello.db").ref("value")
SECRET = secret("application", "hello", url=Text.of("postgresql://me:", PASSWORD, "@db"))


@pytest.fixture
async def lab() -> Lab:
    lab = Lab(Cluster())
    await lab.ensure(SPACE)
    return lab


async def test_what_was_made_is_seen_finished_and_as_it_was_left(lab: Lab) -> None:
    made_now = await lab.ensure(CONFIG)
    assert made_now.stamp is not None
    assert made_now.stamp.found == made_now.found
    assert made_now.stamp.digest == CONFIG.digest
    assert await lab.target.observe(None) == [made_now, await lab.one(SPACE)]


async def test_the_second_time_nothing_changes(lab: Lab) -> None:
    await lab.ensure(CONFIG)
    before = await lab.get(AT)
    await lab.ensure(CONFIG)
    after = await lab.get(AT)
    assert after["data"] == before["data"]
    assert after["metadata"]["annotations"] == before["metadata"]["annotations"]


async def test_what_the_files_no_longer_say_goes_and_what_others_added_stays(lab: Lab) -> None:
    await lab.ensure(CONFIG)
    await lab.by_hand(AT, {"data": {"theirs": "x"}})
    await lab.ensure(made("ConfigMap", "config", "hello", data={"a": "1"}))
    assert (await lab.get(AT))["data"] == {"a": "1", "theirs": "x"}


async def test_what_others_add_is_no_drift(lab: Lab) -> None:
    await lab.ensure(CONFIG)
    await lab.by_hand(AT, {"data": {"theirs": "x"}, "metadata": {"labels": {"x": "y"}}})
    seen = await lab.one(CONFIG)
    assert seen.stamp is not None
    assert seen.found == seen.stamp.found


async def test_a_field_that_was_changed_by_hand_is_named_and_mended(lab: Lab) -> None:
    await lab.ensure(CONFIG)
    await lab.by_hand(AT, {"data": {"a": "9"}})
    seen = await lab.one(CONFIG)
    assert seen.stamp is not None
    assert seen.found != seen.stamp.found
    assert seen.why == "data.a: 1 -> 9 (by kubectl-edit)"
    mended = await lab.ensure(CONFIG)
    assert mended.stamp is not None
    assert mended.found == mended.stamp.found
    assert (await lab.get(AT))["data"] == {"a": "1", "b": "2"}


async def test_a_field_that_was_taken_away_is_named(lab: Lab) -> None:
    await lab.ensure(CONFIG)
    await lab.by_hand(AT, {"data": {"a": None}})
    assert (await lab.one(CONFIG)).why == "data.a was taken away"


async def test_a_field_that_a_controller_writes_is_refused_with_its_name(lab: Lab) -> None:
    await lab.ensure(CONFIG)
    await lab.by_hand(AT, {"data": {"a": "9"}}, manager="argocd-controller")
    with pytest.raises(Refused) as caught:
        await lab.ensure(CONFIG)
    assert caught.value.what == "others write fields of it: .data.a by 'argocd-controller'"
    assert (await lab.get(AT))["data"]["a"] == "9"


async def test_what_nobody_or_another_rack_made_is_a_strangers(lab: Lab) -> None:
    other = lab.beside("other")
    await lab.post(
        "/api/v1/namespaces/hello/configmaps",
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "config"}},
    )
    seen = await lab.one(CONFIG)
    assert seen.stamp is None
    assert seen.why == "this rack did not make it (`rackhouse cluster adopt` takes it over)"
    with pytest.raises(NotOurs, match="this rack did not make it"):
        await lab.ensure(CONFIG)
    assert (await other.one(SPACE)).why == "it belongs to the rack 'lab'"
    with pytest.raises(NotOurs, match="it belongs to the rack 'lab'"):
        await other.ensure(SPACE)
    assert not await other.target.observe(None)


async def test_what_was_made_by_hand_is_adopted_on_demand_alone(lab: Lab) -> None:
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "config"}}
    await lab.post("/api/v1/namespaces/hello/configmaps", {**body, "data": {"a": "9", "z": "9"}})
    await lab.target.adopt(CONFIG.id, "hello", lab.heard.append)
    seen = await lab.one(CONFIG)
    assert seen.stamp is not None
    assert not seen.stamp.found  # half made: the next plan shows it
    assert (await lab.get(AT))["data"] == {"a": "9", "z": "9"}
    await lab.ensure(CONFIG)
    assert (await lab.get(AT))["data"] == {"a": "1", "b": "2", "z": "9"}


async def test_nobody_adopts_what_another_rack_has(lab: Lab) -> None:
    with pytest.raises(NotOurs, match="'lab'"):
        await lab.beside("other").target.adopt(SPACE.id, "rack", print)
    with pytest.raises(Missing):
        await lab.target.adopt(CONFIG.id, "hello", print)


async def test_a_secret_has_a_version_that_changes_with_its_values(lab: Lab) -> None:
    one = await lab.ensure(SECRET, {PASSWORD: "first"})
    assert (await lab.target.output(SECRET.id.ref("version"))).reveal() == one.version
    assert (await lab.ensure(SECRET, {PASSWORD: "first"})).version == one.version
    assert (await lab.ensure(SECRET, {PASSWORD: "second"})).version != one.version


async def test_a_secret_that_was_changed_by_hand_is_noticed_and_not_shown(lab: Lab) -> None:
    await lab.ensure(SECRET, {PASSWORD: "first"})
    path = "/api/v1/namespaces/hello/secrets/application"
    await lab.by_hand(path, {"data": {"url": "aHVzaA=="}})
    seen = await lab.one(SECRET)
    assert seen.stamp is not None
    assert seen.found != seen.stamp.found
    assert seen.why == "data (by kubectl-edit)"
    assert "first" not in repr(seen)


async def test_a_wrong_object_is_refused_with_its_field(lab: Lab) -> None:
    with pytest.raises(StepFailed) as caught:
        await lab.ensure(made("ConfigMap", "config", "hello", dtaa={"a": "1"}))
    assert "dtaa" in caught.value.what


async def test_a_kind_that_does_not_come_is_named(lab: Lab) -> None:
    with pytest.raises(Missing) as caught:
        await lab.ensure(made("Certificate", "tls", "hello", spec={"secretName": "tls"}))
    assert "does not know what a Certificate is" in caught.value.what
    assert lab.heard == ["waiting until the cluster knows what a Certificate is"]


async def test_many_are_looked_for_by_their_names(lab: Lab) -> None:
    many = [made("ConfigMap", f"c{n}", "hello", data={"n": str(n)}) for n in range(40)]
    for each in many[:3]:
        await lab.ensure(each)
    seen = await lab.target.observe([each.id for each in many])
    assert [each.id for each in seen] == [each.id for each in many[:3]]


async def test_a_dry_run_tells_each_field_and_changes_nothing(lab: Lab) -> None:
    await lab.ensure(CONFIG)
    await lab.by_hand(AT, {"data": {"b": "9", "theirs": "x"}})
    before = await lab.get(AT)
    other = made("ConfigMap", "config", "hello", data={"a": "7", "c": "3", "b": "2"})
    found = await lab.target.rehearse(other, {})
    assert sorted(map(str, found)) == ["data.a: 1 -> 7", "data.b: 9 -> 2", "data.c: + 3"]
    assert await lab.get(AT) == before


async def test_a_dry_run_of_a_secret_shows_no_value(lab: Lab) -> None:
    await lab.ensure(SECRET, {PASSWORD: "first"})
    found = await lab.target.rehearse(SECRET, {PASSWORD: Hidden("second")})
    assert list(map(str, found)) == ["data.url: *** -> ***"]


async def test_a_secret_carries_nothing_of_what_it_was(lab: Lab) -> None:
    for value in ("first", "second"):
        await lab.ensure(SECRET, {PASSWORD: value})
    there = await lab.get("/api/v1/namespaces/hello/secrets/application")
    assert list(there["metadata"]["annotations"]) == ["rackhouse.dev/stamp"]


async def test_what_cannot_be_changed_is_made_anew_where_that_is_no_loss(lab: Lab) -> None:
    def role(name: str) -> dict[str, str]:
        return {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": name}

    await lab.ensure(made("RoleBinding", "b", "hello", roleRef=role("one")))
    await lab.ensure(made("RoleBinding", "b", "hello", roleRef=role("two")))
    there = await lab.get("/apis/rbac.authorization.k8s.io/v1/namespaces/hello/rolebindings/b")
    assert there["roleRef"]["name"] == "two"
    assert lab.heard == ["roleRef cannot be changed, so it is made anew"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (made("ConfigMap", "big", "hello", data={"a": "x" * 2**20, "b": "y"}), "too large"),
        (made("Service", "n" * 64, "hello", spec={"ports": [{"port": 80}]}), "metadata.name"),
        (made("Service", "web", "hello", spec={"ports": [{"port": 80000}]}), "spec.ports[0].port"),
        (made("ResourceQuota", "q", "hello", spec={"hard": {"cpu": "64Mj"}}), "quantit"),
    ],
    ids=["too-large", "name-too-long", "no-such-port", "no-quantity"],
)
async def test_what_a_server_cannot_take_is_told_in_words(
    lab: Lab, wrong: Resource[Any], said: str
) -> None:
    with pytest.raises(RackhouseError) as caught:
        await lab.ensure(wrong)
    assert said in caught.value.what
    assert await lab.target.observe([wrong.id]) == []


async def test_a_kind_that_comes_is_waited_for(lab: Lab) -> None:
    definition = defined("Plan", "plans")
    patient = replace(lab, pace=PATIENT, heard=[])
    waits = asyncio.create_task(patient.ensure(made("Plan", "k3s", "hello", spec={})))
    try:
        async with asyncio.timeout(20):
            while not patient.heard:
                await asyncio.sleep(0.01)
        async with driven(lab.cluster):
            assert (await patient.ensure(definition)).ready
        assert (await waits).ready
    finally:
        waits.cancel()
    await patient.remove(made("Plan", "k3s", "hello"))
    await patient.remove(definition)
