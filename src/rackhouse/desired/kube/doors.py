"""How an application is reached: by its Service from others, by its Ingress from outside. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lightkube.models import core_v1, networking_v1
from lightkube.resources.core_v1 import Service
from lightkube.resources.networking_v1 import Ingress

from rackhouse.app.model import Kind
from rackhouse.desired.case import Case
from rackhouse.desired.embedded.ingress import AUTHORITY
from rackhouse.desired.kube.home import Home
from rackhouse.desired.kube.platform import CONSOLE
from rackhouse.desired.kube.pods import selector
from rackhouse.desired.kube.reach import Answered, workload
from rackhouse.desired.listening import ports_of
from rackhouse.desired.platform.wanted import certified
from rackhouse.desired.routes import access
from rackhouse.resources.core import Id, Resource, Text
from rackhouse.resources.machine import Access
from rackhouse.resources.vault import Authority, Certificate

TLS = "tls"  # the Secret of the certificate
MIDDLEWARE = "signed-in"


def service(case: Case) -> Iterator[Resource[Any]]:
    """The name at which the application is found, for as long as it has ports."""
    ports = ports_of(case.app) if case.app.kind in {Kind.WEB, Kind.STATIC} else ()
    if not ports:
        return
    home, name = Home.of(case), workload(case)
    found = [core_v1.ServicePort(name=it.name, port=it.port, targetPort=it.target) for it in ports]
    spec = core_v1.ServiceSpec(ports=found, selector=selector(case), type="ClusterIP")
    yield home.made(Service(metadata=home.metadata(name, selector(case)), spec=spec))


def ingress(case: Case, answers: tuple[Answered, ...]) -> Iterator[Resource[Any]]:
    """Host names, with a certificate of the rack's own authority and, where it says so, sign-in."""
    if not answers:
        return
    hosts = sorted({it.host for it in answers})
    own = _own_certificate(case, hosts)
    if own:
        yield from _certificate(case, hosts)
    for who, name in ((access(case), workload(case)), (Access.OPEN, f"{workload(case)}-keys")):
        some = tuple(it for it in answers if it.access is who)
        answers = tuple(it for it in answers if it.access is not who)
        if some:
            yield from _ingress(case, some, name, who, own=own)


def _ingress(
    case: Case, answers: tuple[Answered, ...], name: str, who: Access, *, own: bool
) -> Iterator[Resource[Any]]:
    """Of those ways into which the same people are let."""
    home, hosts = Home.of(case), sorted({it.host for it in answers})
    needs = {home.id("Service", workload(case))}
    if own:
        needs.add(home.id("Secret", TLS))
    # Traefik alone speaks to this entry point, so that a request never passes in the clear.
    notes = {"traefik.ingress.kubernetes.io/router.entrypoints": "websecure"}
    if who is Access.SIGNED_IN:
        yield _sign_in(home)
        needs.add(home.id("Middleware", MIDDLEWARE))
        notes["traefik.ingress.kubernetes.io/router.middlewares"] = (
            f"{home.namespace}-{MIDDLEWARE}@kubernetescrd"
        )
    rules = [_rule(case, host, answers) for host in hosts]
    spec = networking_v1.IngressSpec(
        ingressClassName="traefik",
        rules=rules,
        tls=[networking_v1.IngressTLS(hosts=hosts, secretName=TLS if own else None)],
    )
    metadata = home.metadata(name, selector(case), notes)
    yield home.made(Ingress(metadata=metadata, spec=spec), needs=needs)


def _own_certificate(case: Case, hosts: list[str]) -> bool:
    """Whether it has one. A preview, and whatever Let's Encrypt certifies, shows the cluster's,
    whose key is with the ingress alone; `*.DOMAIN` is of names with no more dots.
    """
    rack = case.ground.rack
    every = {rack.domain, *(it for it in hosts if it.partition(".")[2] == rack.domain)}
    known = certified(rack, Home.of(case).cluster) is not None and every.issuperset(hosts)
    return not (case.ground.preview or known)


def _rule(case: Case, host: str, answers: tuple[Answered, ...]) -> networking_v1.IngressRule:
    paths = []
    for it in sorted((it for it in answers if it.host == host), key=lambda it: it.path):
        port = networking_v1.ServiceBackendPort(number=it.port.port)
        backend = networking_v1.IngressServiceBackend(name=workload(case), port=port)
        paths.append(
            networking_v1.HTTPIngressPath(
                backend=networking_v1.IngressBackend(service=backend),
                path=it.path,
                pathType="Prefix",
            )
        )
    return networking_v1.IngressRule(
        host=host, http=networking_v1.HTTPIngressRuleValue(paths=paths)
    )


def _certificate(case: Case, hosts: list[str]) -> Iterator[Resource[Any]]:
    rack, home = case.ground.rack, Home.of(case)
    authority = Authority(f"Rackhouse {rack.name}", domains=(rack.domain,))
    yield Resource(id=AUTHORITY, spec=authority, keep=True)
    id = Id("vault", "certificate", f"{home.cluster}.{case.app.name}")
    spec = Certificate(
        authority_certificate=Text.of(AUTHORITY.ref("certificate")),
        authority_key=Text.of(AUTHORITY.ref("key")),
        names=tuple(hosts),
    )
    yield case.own(id, spec, keep=True)
    pair = {"tls.crt": Text.of(id.ref("certificate")), "tls.key": Text.of(id.ref("key"))}
    yield home.secret(TLS, pair, kind="kubernetes.io/tls")


def _sign_in(home: Home) -> Resource[Any]:
    """Whoever is not signed in is sent to the console; where that is away, nobody gets in."""
    verify = f"http://{CONSOLE.host}:{CONSOLE.port}/auth/verify"
    spec = {
        "forwardAuth": {
            "address": verify,
            "authResponseHeaders": ["Rackhouse-Subject", "Rackhouse-Identity"],
            "trustForwardHeader": False,
        }
    }
    return home.custom("traefik.io/v1alpha1", "Middleware", MIDDLEWARE, spec)
