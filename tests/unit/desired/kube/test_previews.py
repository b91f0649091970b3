"""Of any application: its preview reaches and has no more than it, and shares nothing with it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackhouse.app.model import App
from rackhouse.delivery.onrack.previews import shown
from rackhouse.delivery.previews import preview_name
from rackhouse.desired.kube import kube, preview, throwaway
from rackhouse.desired.kube.edges import Edges, Pod
from rackhouse.desired.kube.granted import Granted, granted
from rackhouse.desired.kube.platform import CACHE, CONSOLE, DNS, INGRESS, OPERATOR, POSTGRES
from rackhouse.desired.kube.previews import OPENED, opened
from rackhouse.desired.kube.releasing import GRANTED, RUNS, rules, runs
from rackhouse.desired.platform.pins import UNPINNED
from rackhouse.desired.platform.previews import previews
from rackhouse.desired.platform.space import Space
from rackhouse.kit.errors import Refused
from rackhouse.kit.text import parse_bytes
from rackhouse.rack.load import load
from rackhouse.resources.core import Hidden, Resource
from rackhouse.resources.kube import Object, Secret
from rackhouse.resources.previews import Preview
from rackhouse.resources.vault import Password
from unit.desired.kube.examples import secrets_of
from unit.desired.kube.rbac import allows
from unit.desired.kube.schemas import NEWEST, errors
from unit.desired.kube.worlds import few, many, worlds
from unit.desired.scenario import released

RACK = load(
    "nodes: {pi: {role: server, board: rpi5-8gb, disk: nvme, address: 10.20.20.11}}\n"
    "clusters: {home: {nodes: [pi]}}\n"
)
UNTIL = datetime(2026, 11, 29, 1, 2, 3, tzinfo=UTC)
API, ROUTER, FAR = (Pod(address=it) for it in ("10.20.20.11", "192.168.1.1", "93.184.215.14"))
PORTS = (53, 80, 443, 3000, 5432, 6379, 6443, 8000, 8080, 8333, 8400)
TRAEFIK, OPERATES = Pod(INGRESS.namespace, dict(INGRESS.labels)), Pod(OPERATOR[0])


def shows(app: App) -> App:
    """As it runs for a branch."""
    return replace(shown(app, first=False), name=preview_name(app.name, "try"))


def told(app: App) -> Granted:
    return Granted(
        rack=RACK, cluster="home", app=app, beside=(), given=frozenset(), held={}, versions={}
    )


def there(app: App) -> Preview:
    return Preview(name=app.name, of="hello", branch="try", until=UNTIL)


def of(app: App) -> list[Resource[Any]]:
    """All of it: what it is opened with, and what runs in it."""
    everything = {**preview(RACK, app, "home"), **opened(told(app), app, there(app))}
    return list(everything.values())


def manifests(found: list[Resource[Any]]) -> list[dict[str, Any]]:
    return [json.loads(str(it.spec.body)) for it in found if isinstance(it.spec, Object)]


def laws(apps: list[App]) -> None:
    for app in apps:
        lacks = [it for it in app.needs if it.type not in throwaway.HAS]
        if lacks:
            with pytest.raises(Refused, match=lacks[0].name):
                throwaway.check(RACK, "home", app)
            continue
        throwaway.check(RACK, "home", app)
        _is_alone(app, of(shows(app)))
        _reaches_no_more(shows(app), manifests(of(shows(app))))
        _has_no_more(app)


@few
@given(worlds())
def test_it_shares_nothing_and_reaches_no_more(apps: list[App]) -> None:
    laws(apps)


@many
@given(worlds())
def test_in_many_worlds(apps: list[App]) -> None:
    laws(apps)


def _is_alone(app: App, found: list[Resource[Any]]) -> None:
    name = preview_name(app.name, "try")
    live = kube(RACK, [app], secrets_of([app]), "home")
    assert not {it.id for it in found} & live.keys()
    for it in found:
        assert it.owner == name
        within = {
            it.id.name.partition(".")[0],
            *(need.name.partition(".")[0] for need in it.before),
        }
        assert within == {name}, it.id
        assert it.id.target == "vault" or it.id.kind in {"Namespace", *OPENED, *RUNS}


def _reaches_no_more(app: App, found: list[dict[str, Any]]) -> None:
    """Whatever labels its pods have, since whoever releases there chooses them."""
    reach = Edges(found)
    own = next(it for it in found if it["kind"] in {"Deployment", "StatefulSet", "CronJob"})
    spec = own["spec"].get("jobTemplate", own)["spec"]
    labels = [spec["template"]["metadata"]["labels"], dict(POSTGRES.labels), {}]
    for mine in (Pod(app.name, each) for each in labels):
        for port in PORTS:
            for party in (POSTGRES, CACHE):
                assert not reach.open(mine, Pod(party.namespace, dict(party.labels)), port)
            assert not reach.open(mine, Pod("live", labels[0]), port)
            assert not reach.open(Pod("live", labels[0]), mine, port)
            assert not reach.open(ROUTER, mine, port)
            assert not reach.open(mine, ROUTER, port)
            assert not reach.open(mine, FAR, port) or app.internet
            database = mine.labels == dict(POSTGRES.labels)
            assert not reach.open(mine, API, port) or (port == 6443 and database)
            dns = reach.open(mine, Pod(DNS.namespace, dict(DNS.labels)), port)
            assert not dns or port == DNS.port
            console = reach.open(mine, Pod(CONSOLE.namespace, dict(CONSOLE.labels)), port)
            assert not console or (port == CONSOLE.port and app.access == "signed-in")
            assert not reach.open(OPERATES, mine, port) or (port == OPERATOR[1] and database)


def _has_no_more(app: App) -> None:
    live = _quota(list(kube(RACK, [app], secrets_of([app]), "home").values()), app.name)
    mine = _quota(of(shows(app)), preview_name(app.name, "try"))
    assert mine <= live + throwaway.THROWAWAY.memory


def _quota(found: list[Resource[Any]], namespace: str) -> int:
    (quota,) = [
        it
        for it in manifests(found)
        if it["kind"] == "ResourceQuota" and it["metadata"]["namespace"] == namespace
    ]
    return parse_bytes(quota["spec"]["hard"]["limits.memory"])


@given(st.text("abz0-_/.Ä ", min_size=1, max_size=80), st.text("abz0-_/.Ä ", min_size=1))
def test_two_branches_are_never_one_namespace(one: str, other: str) -> None:
    name = preview_name("a" * 40, one)
    assert len(name) <= 63
    assert (name == preview_name("a" * 40, other)) == (one == other)


def test_its_namespace_says_what_it_is_and_one_that_does_not_say_until_when_is_over() -> None:
    said = Preview(name="try--a", of="a", branch="try/Ä", until=UNTIL)
    metadata = {"name": "try--a", "labels": said.labels, "annotations": said.notes}
    assert Preview.read({"metadata": metadata}) == said
    for strange in ({}, {"rackhouse.dev/until": "soon"}):
        assert Preview.read({"metadata": {**metadata, "annotations": strange}}).until < UNTIL


@few
@given(worlds())
def test_the_broker_may_write_there_what_it_opens_and_lets_release(apps: list[App]) -> None:
    space = Space(rack=RACK, cluster="home", pins=UNPINNED, namespace="rackhouse")
    roles = {it["metadata"]["name"]: it for it in manifests(list(previews(space)))}
    inside = roles["rackhouse-preview"]["rules"]
    for app in apps:
        if any(it.type not in throwaway.HAS for it in app.needs):
            continue
        for it in of(shows(app)):
            if it.id.target == "vault" or it.id.kind == "Namespace":
                continue
            group, plural = {**OPENED, **RUNS}[it.id.kind]
            for verb in ("create", "get", "list", "patch", "delete"):
                assert allows(inside, verb, group, plural)
    assert not OPENED.keys() & RUNS.keys()  # what opening it again would take away
    for rule in rules():  # nobody may give what they have not
        for verb in rule.verbs:
            for plural in rule.resources or ():
                assert allows(inside, verb, (rule.apiGroups or [""])[0], plural, GRANTED)
    assert allows(inside, "create", "", "serviceaccounts/token", "releaser")


SECRETIVE = """
apiVersion: score.dev/v1b1
metadata: {name: hello}
containers:
  web: {image: ., command: [web], variables: {KEY: "${resources.key.value}"}}
resources: {key: {type: secret}}
service: {ports: {web: {port: 80, targetPort: 8080}}}
"""


def test_a_secret_that_a_person_set_is_made_up_for_it() -> None:
    app = released(SECRETIVE)
    found = preview(RACK, replace(app, name="try--hello"), "home")
    (key,) = [it for it in found.values() if it.id.target == "vault"]
    assert (str(key.id), key.spec) == ("vault/given/try--hello.key", Password())


def test_what_was_granted_to_it_is_read_back_as_its_releases_are_judged() -> None:
    app = shows(released(SECRETIVE))
    found = opened(told(released(SECRETIVE)), app, there(app))
    (said,) = [it.spec for it in found.values() if it.id.name == f"{app.name}.{GRANTED}"]
    assert isinstance(said, Secret)
    values = {key: text.fill({ref: Hidden("v1") for ref in text.refs}) for key, text in said.values}
    again = granted(values)
    assert (again.preview_of, again.app, again.keeper) == ("hello", app, f"{RACK.name}.previews")
    held = {it.id: it.digest for it in preview(again.rack, app, "home").values() if not runs(it)}
    assert again.held == held


def test_its_objects_are_as_the_published_schemas_have_them() -> None:
    app = released(SECRETIVE.replace("resources: {", "resources: {db: {type: postgres}, "))
    for version in NEWEST:
        for it in manifests(of(shows(app))):
            assert errors(it, version) == [], it


def test_its_certificate_is_the_ingress_own() -> None:
    app = released(SECRETIVE.replace("resources: {", "resources: {web: {type: route}, "))
    rack = load("exposure: lan\ndomain: home.arpa\n")
    open_ = replace(app, name="try--hello", access="signed-in")
    (ingress,) = [
        it for it in manifests(list(preview(rack, open_).values())) if it["kind"] == "Ingress"
    ]
    assert ingress["spec"]["tls"] == [{"hosts": ["try--hello.home.arpa"]}]
