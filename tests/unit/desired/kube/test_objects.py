"""What no schema says: names, quantities, ports, selectors, and what `restricted` would refuse."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from rackhouse.app.model import App
from rackhouse.rack.load import load
from unit.desired.kube.examples import APPLICATIONS, RACKS, manifests, released, wanted
from unit.desired.kube.worlds import few, many, worlds
from unit.desired.scenario import released as parsed

Manifest = dict[str, Any]
RACK = load("")
STARTERS = ("ai", "api", "static", "web", "worker")
LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
SUBDOMAIN = re.compile(rf"(?=.{{1,253}}$){LABEL.pattern}(\.{LABEL.pattern})*")
QUANTITY = re.compile(r"\d+(m|Ki|Mi|Gi)?")
KEY = re.compile(r"[-._a-zA-Z0-9]{1,253}")


def pods(found: list[Manifest]) -> Iterator[tuple[Manifest, Manifest]]:
    """Each workload with its pod's template."""
    for it in found:
        if it["kind"] in {"Deployment", "StatefulSet", "CronJob"}:
            yield it, it["spec"].get("jobTemplate", it)["spec"]["template"]


def containers(template: Manifest) -> list[Manifest]:
    spec = template["spec"]
    return [*spec["containers"], *spec.get("initContainers", [])]


def check(found: list[Manifest]) -> None:
    """Every rule, of everything."""
    ids = [_id(it) for it in found]
    assert len(ids) == len(set(ids))
    namespaces = {it["metadata"]["name"] for it in found if it["kind"] == "Namespace"}
    for it in found:
        _check_names(it, namespaces)
        assert "null" not in _leaves(it)
    for workload, template in pods(found):
        here = [
            it
            for it in found
            if it["metadata"].get("namespace") == workload["metadata"]["namespace"]
        ]
        _check_pod(template, here)
        _check_containers(template, here)
        _check_services(workload, template, here)
        _check_quota(workload, template, here)


def _id(it: Manifest) -> tuple[str, str, str]:
    return it["kind"], it["metadata"].get("namespace", ""), it["metadata"]["name"]


def _check_names(it: Manifest, namespaces: set[str]) -> None:
    dotted = it["kind"] in {"Database", "DatabaseRole", "Secret"}
    assert (SUBDOMAIN if dotted else LABEL).fullmatch(it["metadata"]["name"]), _id(it)
    if it["kind"] not in {"Namespace", "PriorityClass"}:
        assert it["metadata"]["namespace"] in namespaces
    for value in it["metadata"]["labels"].values():
        assert re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?", value)
    if it["kind"] == "Namespace":
        labels = it["metadata"]["labels"]
        assert labels["pod-security.kubernetes.io/enforce"] == "restricted"
    if it["kind"] in {"ConfigMap", "Secret"}:
        assert all(KEY.fullmatch(key) for key in it.get("data", it.get("stringData", {})))


def _check_pod(template: Manifest, here: list[Manifest]) -> None:
    spec = template["spec"]
    security = spec["securityContext"]
    assert security["runAsNonRoot"] is True
    assert security["runAsUser"] >= 1000
    assert security["seccompProfile"] == {"type": "RuntimeDefault"}
    assert spec["automountServiceAccountToken"] is False
    assert spec["priorityClassName"].startswith("rackhouse-")
    assert not spec.keys() & {"hostNetwork", "hostPID", "hostIPC"}
    assert not any("hostPath" in it for it in spec["volumes"])
    accounts = {it["metadata"]["name"] for it in here if it["kind"] == "ServiceAccount"}
    assert spec["serviceAccountName"] in accounts
    claims = {it["metadata"]["name"] for it in here if it["kind"] == "PersistentVolumeClaim"}
    for volume in spec["volumes"]:
        assert LABEL.fullmatch(volume["name"])
        if "persistentVolumeClaim" in volume:
            assert volume["persistentVolumeClaim"]["claimName"] in claims
            assert "rackhouse.dev/disk" in str(spec["affinity"])


def _check_containers(template: Manifest, here: list[Manifest]) -> None:
    every = containers(template)
    names = [it["name"] for it in every]
    assert len(names) == len(set(names))
    volumes = {it["name"] for it in template["spec"]["volumes"]}
    for it in every:
        assert it["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "readOnlyRootFilesystem": True,
        }
        for part in ("limits", "requests"):
            assert it["resources"][part].keys() == {"cpu", "memory"}
            assert all(QUANTITY.fullmatch(value) for value in it["resources"][part].values())
        asked, most = it["resources"]["requests"], it["resources"]["limits"]
        assert 0 < _bytes(asked["memory"]) <= _bytes(most["memory"])
        assert 0 < int(asked["cpu"][:-1]) <= int(most["cpu"][:-1])
        assert not it["image"].endswith(":latest")
        assert re.search(r"(:[\w.-]+|@sha256:[0-9a-f]{64})$", it["image"].rpartition("/")[2])
        assert {mount["name"] for mount in it["volumeMounts"]} <= volumes
        paths = [mount["mountPath"] for mount in it["volumeMounts"]]
        assert len(paths) == len(set(paths))
        _check_probes(it)
        _check_secrets(it, here)


def _check_probes(it: Manifest) -> None:
    ports = {port["containerPort"] for port in it.get("ports", [])}
    assert all(0 < port < 65536 for port in ports)
    for probe in (it.get("readinessProbe"), it.get("startupProbe")):
        asked = (probe or {}).get("httpGet", (probe or {}).get("tcpSocket", {})).get("port")
        assert asked is None or asked in ports


def _check_secrets(it: Manifest, here: list[Manifest]) -> None:
    keys = {
        (secret["metadata"]["name"], key)
        for secret in here
        if secret["kind"] == "Secret"
        for key in secret["stringData"]
    }
    for variable in it.get("env", []):
        if "valueFrom" in variable:
            ref = variable["valueFrom"]["secretKeyRef"]
            assert (ref["name"], ref["key"]) in keys


def _check_services(workload: Manifest, template: Manifest, here: list[Manifest]) -> None:
    labels = template["metadata"]["labels"]
    if "selector" in workload["spec"]:
        assert workload["spec"]["selector"]["matchLabels"].items() <= labels.items()
    listening = {
        port["containerPort"] for it in containers(template) for port in it.get("ports", [])
    }
    services = {it["metadata"]["name"]: it for it in here if it["kind"] == "Service"}
    for it in services.values():
        assert it["spec"]["selector"].items() <= labels.items()
        assert {port["targetPort"] for port in it["spec"]["ports"]} <= listening
        assert all(LABEL.fullmatch(port["name"]) for port in it["spec"]["ports"])
    for it in here:
        if it["kind"] == "Ingress":
            assert {host for tls in it["spec"]["tls"] for host in tls["hosts"]} == {
                rule["host"] for rule in it["spec"]["rules"]
            }
            for rule in it["spec"]["rules"]:
                for path in rule["http"]["paths"]:
                    to = path["backend"]["service"]
                    ports = {port["port"] for port in services[to["name"]]["spec"]["ports"]}
                    assert to["port"]["number"] in ports


def _check_quota(workload: Manifest, template: Manifest, here: list[Manifest]) -> None:
    """Its copies fit, with one more while a release rolls out."""
    (hard,) = [it["spec"]["hard"] for it in here if it["kind"] == "ResourceQuota"]
    scaled = [it["spec"]["maxReplicas"] for it in here if it["kind"] == "HorizontalPodAutoscaler"]
    copies = 1 + max(scaled or [workload["spec"].get("replicas", 1)])
    limits = [_bytes(it["resources"]["limits"]["memory"]) for it in containers(template)]
    assert _bytes(hard["limits.memory"]) >= copies * sum(limits)
    assert int(hard["pods"]) >= copies


def _bytes(text: str) -> int:
    number, unit = re.fullmatch(r"(\d+)(\w*)", text).groups()  # type: ignore[union-attr]
    return int(number) * {"": 1, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30}[unit]


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for inside in value.values():
            yield from _leaves(inside)
    elif isinstance(value, list):
        for inside in value:
            yield from _leaves(inside)
    elif value is None:
        yield "null"


@pytest.mark.parametrize(
    "rack",
    [file if file.stem == "home" else pytest.param(file, marks=pytest.mark.slow) for file in RACKS],
    ids=lambda file: file.stem,
)
def test_every_example(rack: Path) -> None:
    check(manifests(load(rack.read_text()), [released(folder) for folder in APPLICATIONS]))


@pytest.mark.parametrize("name", STARTERS)
def test_what_a_new_application_starts_from(name: str) -> None:
    with as_file(files("rackhouse.delivery.starters") / "templates" / name) as folder:
        check(manifests(RACK, [released(folder)]))


def laws(apps: list[App]) -> None:
    check(manifests(RACK, apps))
    one, other = wanted(RACK, apps), wanted(RACK, list(reversed(apps)))
    assert [it.text for it in one] == [it.text for it in other]
    ids = {it.id for it in one}
    for it in one:
        assert it.before <= ids
        if it.id.target.startswith("kube.") and it.id.kind != "Secret":
            assert {ref.output for ref in it.refs} <= {"version"}
            assert not re.search(r"://[^/@\s\"]*:[^/@\s\":]+@", it.text)


@few
@given(worlds())
def test_whatever_the_files_say(apps: list[App]) -> None:
    laws(apps)


@many
@given(worlds())
def test_whatever_the_files_say_in_many_worlds(apps: list[App]) -> None:
    laws(apps)


def test_names_that_differ_by_a_hyphen_stay_two() -> None:
    """`aa-b` with a need `c-d`, and `aa` with a need `b-c-d`: each has its own database."""
    file = """
apiVersion: score.dev/v1b1
metadata: {name: %s}
containers: {work: {image: ., command: [run], variables: {DB: "${resources.%s.url}"}}}
resources: {%s: {type: postgres}}
"""
    apps = [parsed(file % (app, it, it)) for app, it in (("aa-b", "c-d"), ("aa", "b-c-d"))]
    roles = [it for it in manifests(RACK, apps) if it["kind"] == "DatabaseRole"]
    assert {it["spec"]["name"] for it in roles} == {"aa-b_c-d", "aa_b-c-d"}


def test_the_longest_names() -> None:
    app, need = "a" * 40, "n" * 63
    file = f"""
apiVersion: score.dev/v1b1
metadata: {{name: {app}}}
containers:
  {need}:
    image: .
    command: [run, "${{resources.{need}.path}}"]
    variables: {{DB: "${{resources.{need[:-1]}m.url}}"}}
service: {{ports: {{{need}: {{port: 80, targetPort: 8080}}}}}}
resources: {{{need}: {{type: volume}}, {need[:-1]}m: {{type: postgres}}}}
"""
    check(manifests(RACK, [parsed(file)]))
