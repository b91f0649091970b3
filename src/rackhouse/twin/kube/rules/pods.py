"""What a pod has to be. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from rackhouse.twin.kube.answers import Cause
from rackhouse.twin.kube.body import Body, at
from rackhouse.twin.kube.quantities import parse
from rackhouse.twin.kube.rules import names, words

_POLICIES = ("Always", "IfNotPresent", "Never")
_OPERATORS = frozenset({"In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"})
_HANDLERS = frozenset({"exec", "httpGet", "tcpSocket", "grpc"})
_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_STANDARD = frozenset({"cpu", "memory", "ephemeral-storage"})


def pod(body: Body) -> Iterator[Cause]:
    """A pod on its own."""
    yield from spec(body.get("spec") or {}, "spec")


def template(body: Body | None, field: str) -> Iterator[Cause]:
    """What pods are made of."""
    found = body or {}
    yield from names.of_labels(at(found, "metadata", "labels"), f"{field}.labels")
    yield from spec(found.get("spec") or {}, f"{field}.spec")


def spec(body: Mapping[str, Any], field: str) -> Iterator[Cause]:
    """Its containers, and where it may run."""
    yield from _volumes(body.get("volumes") or (), f"{field}.volumes")
    if not body.get("containers"):
        yield words.required(f"{field}.containers")
    seen: set[str] = set()
    volumes = {it.get("name") for it in body.get("volumes") or ()}
    for part in ("containers", "initContainers"):
        for index, it in enumerate(body.get(part) or ()):
            yield from _container(it, volumes, f"{field}.{part}[{index}]")
            if it.get("name") in seen:
                yield words.duplicate(f"{field}.{part}[{index}].name", it["name"])
            seen.add(it.get("name", ""))
    if name := body.get("serviceAccountName"):
        yield from names.dns_subdomain(name, f"{field}.serviceAccountName")
    yield from _user(body.get("securityContext"), f"{field}.securityContext")
    yield from _placing(body, field)


def _container(it: Body, volumes: set[str | None], field: str) -> Iterator[Cause]:
    if not it.get("name"):
        yield words.required(f"{field}.name")
    else:
        yield from names.dns_label(it["name"], f"{field}.name")
    if not it.get("image"):
        yield words.required(f"{field}.image")
    if it.get("imagePullPolicy") not in _POLICIES:
        policy = it.get("imagePullPolicy")
        yield words.unsupported(f"{field}.imagePullPolicy", policy, _POLICIES)
    yield from _ports(it.get("ports") or (), f"{field}.ports")
    yield from _variables(it.get("env") or (), f"{field}.env")
    for index, mount in enumerate(it.get("volumeMounts") or ()):
        if mount.get("name") not in volumes:
            yield words.absent(f"{field}.volumeMounts[{index}].name", mount.get("name"))
    for part in ("livenessProbe", "readinessProbe", "startupProbe"):
        if part in it:
            yield from _probe(it[part], f"{field}.{part}")
    yield from _resources(it.get("resources") or {}, f"{field}.resources")
    yield from _user(it.get("securityContext"), f"{field}.securityContext")


def _ports(ports: Any, field: str) -> Iterator[Cause]:
    seen = set()
    for index, it in enumerate(ports):
        yield from words.port(f"{field}[{index}].containerPort", it.get("containerPort"))
        name = it.get("name")
        if not name:
            continue
        if len(name) > 15:
            why = "must be no more than 15 characters"
            yield words.invalid(f"{field}[{index}].name", name, why)
        if not re.fullmatch("[-a-z0-9]+", name):
            why = "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)"
            yield words.invalid(f"{field}[{index}].name", name, why)
        if name in seen:
            yield words.duplicate(f"{field}[{index}].name", name)
        seen.add(name)


def _variables(env: Any, field: str) -> Iterator[Cause]:
    for index, it in enumerate(env):
        there = f"{field}[{index}]"
        if not it.get("name"):
            yield words.required(f"{there}.name")
        elif "=" in it["name"] or not it["name"].isascii() or not it["name"].isprintable():
            why = (
                "a valid environment variable name must consist only of printable ASCII characters"
                " other than '='"
            )
            yield words.invalid(f"{there}.name", it["name"], why)
        if it.get("value") and "valueFrom" in it:
            why = "may not be specified when `value` is not empty"
            yield words.invalid(f"{there}.valueFrom", "", why)


def _probe(it: Body, field: str) -> Iterator[Cause]:
    if not _HANDLERS & set(it):
        yield words.required(field, "must specify a handler type")
    for handler in ("httpGet", "tcpSocket", "grpc"):
        yield from words.port(f"{field}.{handler}.port", at(it, handler, "port"))
    for key in ("initialDelaySeconds", "timeoutSeconds", "periodSeconds", "failureThreshold"):
        yield from words.at_least_zero(f"{field}.{key}", it.get(key))


def _resources(it: Body, field: str) -> Iterator[Cause]:
    limits, requests = it.get("limits") or {}, it.get("requests") or {}
    for part, said in (("limits", limits), ("requests", requests)):
        for key, value in said.items():
            yield from _amount(f"{field}.{part}[{key}]", key, value)
    for key, value in requests.items():
        if key in limits and parse(value) > parse(limits[key]):
            why = f"must be less than or equal to {key} limit of {limits[key]}"
            yield words.invalid(f"{field}.requests", value, why)


def _amount(field: str, key: str, value: Any) -> Iterator[Cause]:
    if key not in _STANDARD and "/" not in key and not key.startswith("hugepages-"):
        why = "must be a standard resource type or fully qualified"
        yield words.invalid(field, key, why)
        yield words.invalid(field, key, "must be a standard resource for containers")
    if parse(value) < 0:
        yield words.invalid(field, value, words.NOT_NEGATIVE)


def _user(it: Body | None, field: str) -> Iterator[Cause]:
    for key in ("runAsUser", "runAsGroup", "fsGroup"):
        value = (it or {}).get(key)
        if isinstance(value, int) and not 0 <= value <= 2147483647:
            yield words.invalid(
                f"{field}.{key}", value, "must be between 0 and 2147483647, inclusive"
            )


def _volumes(volumes: Any, field: str) -> Iterator[Cause]:
    for index, it in enumerate(volumes):
        yield from names.dns_label(it.get("name", ""), f"{field}[{index}].name")
        sources = [key for key in it if key != "name"]
        for more in sources[1:]:
            why = "may not specify more than 1 volume type"
            yield words.forbidden(f"{field}[{index}].{more}", why)


def _placing(body: Mapping[str, Any], field: str) -> Iterator[Cause]:
    for index, it in enumerate(body.get("tolerations") or ()):
        if it.get("operator") == "Exists" and it.get("value"):
            why = "value must be empty when `operator` is 'Exists'"
            yield words.invalid(f"{field}.tolerations[{index}].operator", it["value"], why)
    for index, it in enumerate(body.get("topologySpreadConstraints") or ()):
        if it.get("maxSkew", 0) < 1:
            there = f"{field}.topologySpreadConstraints[{index}].maxSkew"
            yield words.invalid(there, it.get("maxSkew", 0), "must be greater than zero")
    there = f"{field}.affinity.nodeAffinity.{_REQUIRED}.nodeSelectorTerms"
    terms = at(body, "affinity", "nodeAffinity", _REQUIRED, "nodeSelectorTerms")
    if terms == []:
        yield words.required(there, "must have at least one node selector term")
    for number, term in enumerate(terms or ()):
        for index, it in enumerate(term.get("matchExpressions") or ()):
            if it.get("operator") not in _OPERATORS:
                where = f"{there}[{number}].matchExpressions[{index}].operator"
                yield words.invalid(where, it.get("operator"), "not a valid selector operator")
