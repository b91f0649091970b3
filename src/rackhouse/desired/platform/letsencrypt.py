"""Let's Encrypt's certificate for all applications of a cluster: `*.DOMAIN`, at the ingress. Pure.

One certificate, so that what runs here is in no public log of certificates, no weekly limit is met,
and its key is with the ingress alone. By DNS, since no door has to be open for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from lightkube.models import networking_v1 as n

from rackhouse.desired.kube.allow import internet, machine, port
from rackhouse.desired.kube.home import Home
from rackhouse.desired.kube.platform import SYSTEM
from rackhouse.desired.platform.issuers import API, issuer
from rackhouse.desired.platform.space import Space
from rackhouse.rack.platform import LetsEncrypt
from rackhouse.rack.words import Dns
from rackhouse.resources.core import Id, Resource, Text
from rackhouse.resources.vault import Given

NAME = "letsencrypt"
_SERVERS = {
    False: "https://acme-v02.api.letsencrypt.org/directory",
    True: "https://acme-staging-v02.api.letsencrypt.org/directory",
}
_DNS, _KEY = 53, "value"


def letsencrypt(space: Space, said: LetsEncrypt) -> Iterator[Resource[Any]]:
    """`space` is cert-manager's, where issuers look for their secrets."""
    given = Id("vault", "given", "ingress.dns")
    yield Resource(id=given, spec=Given("ingress", "dns"), keep=True)
    kept = space.home.secret("dns", {_KEY: Text.of(given.ref("value"))})
    yield kept
    acme = {
        "email": said.email,
        "privateKeySecretRef": {"name": f"{NAME}-account"},
        "server": _SERVERS[said.staging],
        "solvers": [{"dns01": _solver(said)}],
    }
    made = issuer(space, NAME, {"acme": acme}, kept.id)
    yield made
    yield from _shown(space, made.id)


def asked_at(said: LetsEncrypt) -> n.NetworkPolicyEgressRule:
    """Whom cert-manager asks for records, and tells of them."""
    told = [machine(said.nameserver)] if said.nameserver else []
    ports = [port(_DNS, "UDP"), port(_DNS)]
    return n.NetworkPolicyEgressRule(to=[internet(), *told], ports=ports)


def _solver(said: LetsEncrypt) -> dict[str, Any]:
    secret = {"name": "dns", "key": _KEY}
    match said.dns:
        case Dns.CLOUDFLARE:
            how: dict[str, Any] = {"apiTokenSecretRef": secret}
        case Dns.DIGITALOCEAN:
            how = {"tokenSecretRef": secret}
        case Dns.RFC2136:
            how = {
                "nameserver": f"{said.nameserver}:{_DNS}",
                "tsigAlgorithm": "HMACSHA256",
                "tsigKeyName": said.key,
                "tsigSecretSecretRef": secret,
            }
    return {str(said.dns): how}


def _shown(space: Space, by: Id) -> Iterator[Resource[Any]]:
    """What the ingress shows where an address has no certificate of its own."""
    there = Home(rack=space.rack.name, cluster=space.cluster, namespace=SYSTEM)
    domain = space.rack.domain
    spec = {
        "dnsNames": [domain, f"*.{domain}"],
        "issuerRef": {"group": "cert-manager.io", "kind": "ClusterIssuer", "name": NAME},
        "privateKey": {"algorithm": "ECDSA", "rotationPolicy": "Always", "size": 256},
        "secretName": NAME,
    }
    made = replace(there.custom(API, "Certificate", NAME, spec), needs=frozenset({by}))
    yield made
    store = {"defaultCertificate": {"secretName": NAME}}
    default = there.custom("traefik.io/v1alpha1", "TLSStore", "default", store)
    yield replace(default, needs=frozenset({made.id}))  # K3s made the namespace
