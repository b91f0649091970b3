"""What an Ingress and a NetworkPolicy have to be. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network

from rackhouse.twin.kube.answers import Cause
from rackhouse.twin.kube.body import Body, at
from rackhouse.twin.kube.rules import names, words

_PATHS = ("Exact", "ImplementationSpecific", "Prefix")
_CIDR = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"


def ingress(body: Body) -> Iterator[Cause]:
    """Hosts that can be names, paths that begin at the root."""
    spec = body.get("spec") or {}
    if not spec.get("rules") and not spec.get("defaultBackend"):
        why = "either `defaultBackend` or `rules` must be specified"
        yield words.invalid("spec", None, why)
    for index, rule in enumerate(spec.get("rules") or ()):
        there, host = f"spec.rules[{index}]", str(rule.get("host") or "")
        if host:
            yield from names.dns_subdomain(host.removeprefix("*."), f"{there}.host")
        for number, it in enumerate(at(rule, "http", "paths") or ()):
            yield from _path(it, f"{there}.http.paths[{number}]")


def _path(it: Body, field: str) -> Iterator[Cause]:
    kind, path = it.get("pathType"), str(it.get("path") or "")
    if kind not in _PATHS:
        yield words.unsupported(f"{field}.pathType", kind, _PATHS)
    if kind != "ImplementationSpecific" and not path.startswith("/"):
        yield words.invalid(f"{field}.path", path, "must be an absolute path")


def policy(body: Body) -> Iterator[Cause]:
    """Addresses that are networks, ports that are ports."""
    spec = body.get("spec") or {}
    for part, side in (("ingress", "from"), ("egress", "to")):
        for index, rule in enumerate(spec.get(part) or ()):
            there = f"spec.{part}[{index}]"
            for number, it in enumerate(rule.get("ports") or ()):
                yield from words.port(f"{there}.ports[{number}].port", it.get("port"))
            for number, it in enumerate(rule.get(side) or ()):
                if block := it.get("ipBlock"):
                    yield from _block(block, f"{there}.{side}[{number}].ipBlock")
    for index, it in enumerate(spec.get("policyTypes") or ()):
        if it not in {"Ingress", "Egress"}:
            yield words.unsupported(f"spec.policyTypes[{index}]", it, ("Ingress", "Egress"))


def _block(block: Body, field: str) -> Iterator[Cause]:
    cidr = str(block.get("cidr") or "")
    if not _is_network(cidr):
        yield words.invalid(f"{field}.cidr", cidr, _CIDR)
        return
    whole = ip_network(cidr, strict=False)
    for index, it in enumerate(block.get("except") or ()):
        there = f"{field}.except[{index}]"
        if not _is_network(it):
            yield words.invalid(there, it, _CIDR)
            continue
        part = ip_network(it, strict=False)
        inside = part.version == whole.version and part.network_address in whole
        if not inside or part.prefixlen <= whole.prefixlen:
            yield words.invalid(there, it, "must be a strict subset of `cidr`")


def _is_network(text: str) -> bool:
    try:
        ip_network(text, strict=False)
    except ValueError:
        return False
    return "/" in text
