"""A release may write what runs of its own application, and nothing of another: of any world."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from rackhouse.app import score
from rackhouse.app.model import App, Release, Runtime
from rackhouse.delivery.variables import with_overrides
from rackhouse.desired.kube import application, kube
from rackhouse.desired.kube.granted import Granted, granted
from rackhouse.desired.kube.releasing import GRANTED, RELEASER, RUNS, releasing, runs
from rackhouse.rack.load import load
from rackhouse.resources.core import Hidden, Resource
from rackhouse.resources.kube import Object, Secret
from unit.desired.kube.examples import APPLICATIONS, released, secrets_of
from unit.desired.kube.rbac import allows
from unit.desired.kube.worlds import few, many, worlds

RACK = load("")
CALLED = """
apiVersion: score.dev/v1b1
metadata: {name: called, annotations: {rackhouse.dev/access: signed-in}}
containers:
  web: {image: docker.io/library/nginx:1.29.3, command: [serve], variables: {KEY: sk-file}}
service: {ports: {web: {port: 80, targetPort: 8080}, own: {port: 81, targetPort: 8081}}}
resources: {web: {type: route, params: {port: 80, path: /private}}}
"""
CALLER = """
apiVersion: score.dev/v1b1
metadata: {name: caller}
containers:
  web:
    image: docker.io/library/nginx:1.29.3
    command: [serve, /private]
    variables: {KEY: sk-file, CALLED: "${resources.called.url}"}
resources: {called: {type: service, params: {port: "81"}}}
"""
WRITES = ("create", "patch", "delete")
# What would let an account out of its application, or up.
NEVER = [
    ("", "namespaces"),
    ("", "resourcequotas"),
    ("", "limitranges"),
    ("", "serviceaccounts"),
    ("", "serviceaccounts/token"),
    ("", "services"),
    ("", "pods/exec"),
    ("", "persistentvolumeclaims"),
    ("networking.k8s.io", "networkpolicies"),
    ("networking.k8s.io", "ingresses"),
    ("rbac.authorization.k8s.io", "roles"),
    ("rbac.authorization.k8s.io", "rolebindings"),
    ("postgresql.cnpg.io", "databases"),
]


def check(apps: list[App]) -> None:
    given_ = secrets_of(apps)
    wanted = kube(RACK, apps, given_)
    more = {it.id: it for it in releasing(RACK, apps, wanted, given_)}
    assert not wanted.keys() & more.keys()
    for app in apps:
        mine = [it for it in more.values() if it.owner == app.name]
        _check_role(app, mine, [it for it in wanted.values() if it.owner == app.name and runs(it)])
        told = granted_of(mine)
        _check_granted(app, told, wanted)


def _check_role(app: App, mine: list[Resource[Any]], written: list[Resource[Any]]) -> None:
    bodies = [json.loads(str(it.spec.body)) for it in mine if isinstance(it.spec, Object)]
    assert {it["metadata"]["namespace"] for it in bodies} == {app.name}
    kinds = {it["kind"]: it for it in bodies}
    assert kinds.keys() == {"ServiceAccount", "Role", "RoleBinding"}  # none of a whole cluster
    assert kinds["ServiceAccount"]["automountServiceAccountToken"] is False
    binding = kinds["RoleBinding"]
    assert (binding["roleRef"]["kind"], binding["roleRef"]["name"]) == ("Role", RELEASER)
    (subject,) = binding["subjects"]
    assert (subject["namespace"], subject["name"]) == (app.name, RELEASER)
    rules = kinds["Role"]["rules"]
    for it in written:
        group, plural = RUNS[it.id.kind]
        assert it.spec.namespace == app.name
        assert it.spec.api.rpartition("/")[0] == group
        assert all(allows(rules, verb, group, plural, it.spec.name) for verb in WRITES)
    for group, resource in NEVER:
        assert not any(allows(rules, verb, group, resource, "x") for verb in WRITES)
    assert not any(allows(rules, verb, "", "pods", "x") for verb in ("create", "patch", "update"))
    assert allows(rules, "get", "", "secrets", GRANTED)
    for verb in ("get", "list", "watch", *WRITES):
        assert not allows(rules, verb, "", "secrets", "application")
        assert verb == "get" or not allows(rules, verb, "", "secrets", GRANTED)
    assert not any("*" in rule[key] for rule in rules for key in ("verbs", "resources"))


def granted_of(mine: list[Resource[Any]]) -> Granted:
    """As it reads once the apply has filled it."""
    (secret,) = [it for it in mine if isinstance(it.spec, Secret)]
    assert secret.spec.name == GRANTED
    values = {ref: Hidden("7") for ref in secret.refs}
    return granted({key: text.fill(values) for key, text in secret.spec.values})


def _check_granted(app: App, told: Granted, wanted: dict[Any, Resource[Any]]) -> None:
    """What was granted is enough to work out the very same again, and says what must stay."""
    again = application(told.rack, told.app, told.beside, told.given, told.cluster)
    assert again == {id: it for id, it in wanted.items() if it.owner == app.name}
    assert told.held == {id: it.digest for id, it in again.items() if not runs(it)}
    assert told.versions == {ref.to: "7" for it in again.values() if runs(it) for ref in it.refs}


@few
@given(worlds())
def test_of_any_world(apps: list[App]) -> None:
    check(apps)


@many
@given(worlds())
def test_of_many_worlds(apps: list[App]) -> None:
    check(apps)


def test_of_the_examples() -> None:
    check([released(folder) for folder in APPLICATIONS])


def test_no_secret_and_no_older_release_is_told() -> None:
    (folder,) = (it for it in APPLICATIONS if it.name == "guestbook")
    app = released(folder)
    assert app.release is not None
    app = replace(app, kept=(app.release,))
    found = list(releasing(RACK, [app], kube(RACK, [app], ()), ()))
    (secret,) = [it for it in found if isinstance(it.spec, Secret)]
    assert {ref.output for ref in secret.refs} == {"version"}
    assert granted_of(found).app.kept == ()


def test_of_a_neighbour_nothing_is_told_that_it_runs_or_was_given() -> None:
    apps = [
        with_overrides(_named(score.parse(text)), {"KEY": "sk-set"}) for text in (CALLED, CALLER)
    ]
    for app, other in (apps, reversed(apps)):
        found = list(releasing(RACK, apps, kube(RACK, apps, ()), ()))
        mine = [it for it in found if it.owner == app.name]
        (secret,) = [it for it in mine if isinstance(it.spec, Secret)]
        (beside,) = [str(text) for key, text in secret.spec.values if key == "beside"]
        assert other.name in beside
        assert not [word for word in ("sk-", "serve", "KEY", "/private") if word in beside]
    check(apps)


def _named(app: App) -> App:
    release = Release(number=3, digest="d", snapshot="", runtime=Runtime.IMAGE)
    return replace(app, uid=f"uid-{app.name}", release=release)


def test_what_is_no_ground_of_ours_is_refused() -> None:
    with pytest.raises(ValueError, match="granted"):
        granted({"cluster": "home"})
