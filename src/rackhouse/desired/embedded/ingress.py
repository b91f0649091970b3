"""Traefik, from a wheel: the doors of a rack of one. Routes come as files that it watches.

Entry points: `http` and `https` for host names, `admin` for itself (ping and metrics), spare doors
for the plain 127.0.0.1 form of each route, and, only if some route is open to the local network,
doors on every address. No dashboard, no reports to its makers, no access log: an SD card lives
longer without, and whoever used what is nobody's business. Headers by which a client could say that
it is another are not believed (`forwardedHeaders` trusts nobody).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from rackhouse.desired.embedded.part import HERE, Part, argv, machine, neighbour, vault, version
from rackhouse.rack.model import Rack
from rackhouse.resources.core import Id, Resource, Text
from rackhouse.resources.machine import (
    Exposure,
    File,
    Folder,
    HttpProbe,
    Port,
    Process,
    Program,
    entry_name,
)
from rackhouse.resources.tools import Tools
from rackhouse.resources.vault import Authority, Certificate

HTTP, HTTPS, ADMIN = "http", "https", "admin"
POOL = 32  # doors are added so many at a time, since another number of them restarts the ingress

HTTP_PORT, HTTPS_PORT = machine("port", "http"), machine("port", "https")
ADMIN_PORT = machine("port", "ingress.admin")
DOORS, LAN_DOORS = machine("port", "doors"), machine("port", "doors.lan")
ROUTES = machine("folder", "routes")
CONFIGURATION = machine("file", "ingress.yaml")
AUTHORITY, CERTIFICATE = vault("authority", "rack"), vault("certificate", "rack")
TRUST, TLS = machine("file", "authority.pem"), machine("file", "tls.toml")
PROCESS = machine("process", "ingress")
Entries = tuple[tuple[str, Text], ...]
READY = "/ready"  # answered by a router among the routes: 200 proves that those are read


def pool(wanted: int) -> int:
    """How many doors there are when `wanted` are needed: 32, 64, ..."""
    return POOL * max(1, -(-wanted // POOL))


def ingress(
    rack: Rack, tools: Tools, hosts: Collection[str] = (), doors: int = 0, lan_doors: int = 0
) -> Part:
    """`hosts` are the names of all routes, `doors` and `lan_doors` how many need a plain door."""
    sizes = {DOORS: pool(doors), LAN_DOORS: pool(lan_doors) if lan_doors else 0}
    ports: tuple[Resource[Port], ...] = (
        Resource(id=HTTP_PORT, spec=Port(fixed=rack.ingress.http)),
        Resource(id=HTTPS_PORT, spec=Port(fixed=rack.ingress.https)),
        Resource(id=ADMIN_PORT, spec=Port()),
        Resource(id=DOORS, spec=Port(count=sizes[DOORS])),
    )
    if lan_doors:
        everywhere = Port(count=sizes[LAN_DOORS], bind="0.0.0.0")  # noqa: S104  a route asks for it
        ports += (Resource(id=LAN_DOORS, spec=everywhere),)
    admin = Text.of(f"http://{HERE}:", ADMIN_PORT.ref("number"))
    entries = _entries(sizes)
    return Part(
        resources=(
            *ports,
            *_tls(rack, hosts),
            Resource(id=ROUTES, spec=Folder("routes")),
            Resource(id=CONFIGURATION, spec=File("files/ingress.yaml", _static(entries))),
            Resource(id=PROCESS, spec=_process(tools, admin, entries)),
        ),
        outputs={
            "http": Text.of(HTTP_PORT.ref("number")),
            "https": Text.of(HTTPS_PORT.ref("number")),
            "admin": admin,
            "doors": Text.of(DOORS.ref("number")),
            "doors.lan": Text.of(LAN_DOORS.ref("number")),
        },
    )


def _process(tools: Tools, admin: Text, entries: Entries) -> Process:
    program = Program(
        command=argv(tools.traefik, Text.of("--configFile=", CONFIGURATION.ref("path"))),
        env=(version(tools, "traefik"),),
        folder=Text.of(ROUTES.ref("path")),
    )
    ready = HttpProbe(Text.of(admin, READY))
    return Process(program=program, probe=ready, sockets=entries, grace=15.0)


def _entries(sizes: Mapping[Id, int]) -> Entries:
    """Every entry point by name, and where it listens."""
    own = (ADMIN, ADMIN_PORT), (HTTP, HTTP_PORT), (HTTPS, HTTPS_PORT)
    pools = (DOORS, Exposure.LOOPBACK, HERE), (LAN_DOORS, Exposure.LAN, "")
    return (
        *((name, Text.of(f"{HERE}:", neighbour(port, 0))) for name, port in own),
        *(
            (entry_name(exposure, index), Text.of(f"{address}:", neighbour(block, index)))
            for block, exposure, address in pools
            for index in range(sizes[block])
        ),
    )


def _static(entries: Entries) -> Text:
    lines: list[str | Text] = [
        "global: {checkNewVersion: false, sendAnonymousUsage: false}\n",
        "log: {level: ERROR, noColor: true}\n",
        f"ping: {{entryPoint: {ADMIN}}}\n",
        f"metrics: {{prometheus: {{entryPoint: {ADMIN}, addRoutersLabels: true}}}}\n",
        *("providers:\n", "  providersThrottleDuration: 100ms\n", "  file:\n"),
        *("    watch: true\n", Text.of("    directory: '", ROUTES.ref("path"), "'\n")),
        "entryPoints:\n",
    ]
    for name, address in entries:
        lines += _entry(name, address)
    return Text.of(*lines)


def _entry(name: str, address: Text) -> tuple[str | Text, ...]:
    """No read timeout: its 60 seconds would cut a long upload. Idle connections end all the same.

    Told to stop, it takes nothing new and lets what runs end within ten seconds.
    """
    return (
        *(f"  {name}:\n    address: '", address, "'\n"),
        "    transport:\n",
        "      respondingTimeouts: {readTimeout: 0s, writeTimeout: 0s, idleTimeout: 180s}\n",
        "      lifeCycle: {requestAcceptGraceTimeout: 0s, graceTimeOut: 10s}\n",
    )


def _tls(rack: Rack, hosts: Collection[str]) -> tuple[Resource[object], ...]:
    names = (rack.domain, *sorted({*hosts, "localhost", HERE} - {rack.domain}))
    authority = Authority(f"Rackhouse {rack.name}", domains=(rack.domain,))
    certificate = Certificate(
        authority_certificate=Text.of(AUTHORITY.ref("certificate")),
        authority_key=Text.of(AUTHORITY.ref("key")),
        names=names,
    )
    return (
        Resource(id=AUTHORITY, spec=authority, keep=True),
        Resource(id=CERTIFICATE, spec=certificate, keep=True),
        Resource(
            id=TRUST, spec=File("authority.pem", Text.of(AUTHORITY.ref("certificate"))), keep=True
        ),
        # Needs the folder, so that the folder is not a stranger's when its own turn comes.
        Resource(id=TLS, spec=File("routes/_tls.toml", _served()), needs=frozenset({ROUTES})),
    )


def _served() -> Text:
    """The certificate within the watched file, so that a renewed one is served at once, and the
    router by which the ingress says that it has read that folder: its ping is there before.

    TOML, whose ''' strings take PEM as it is.
    """
    ready = f"""
[http.routers.ready]
rule = "Path(`{READY}`)"
entryPoints = ["{ADMIN}"]
service = "ping@internal"
"""
    pair = (
        *("certFile = '''\n", CERTIFICATE.ref("certificate"), "'''\n"),
        *("keyFile = '''\n", CERTIFICATE.ref("key"), "'''\n"),
    )
    return Text.of(
        "[[tls.certificates]]\n", *pair, "[tls.stores.default.defaultCertificate]\n", *pair, ready
    )
