"""The rack as frozen values: the one source of the parser, the JSON Schema and the reference page.

A field is `name: Annotated[kind, "what it is for"] = default`. A key that Python cannot spell has
`Key`, a tuple that the file writes as a mapping from names has `BY_NAME`, and an example better
than the kind's own has `Example`. Nothing here checks anything: `load` and `rules` do.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Final, Literal

from rackhouse.rack import kinds as k
from rackhouse.rack.annotations import BY_NAME, Example, Key
from rackhouse.rack.asking import Allowance, Gateway
from rackhouse.rack.models import Gpu, Model
from rackhouse.rack.platform import Platform
from rackhouse.rack.words import (
    Access,
    Arch,
    Component,
    Datastore,
    Disk,
    Drill,
    Exposure,
    Flannel,
    GpuRuntime,
    Role,
    Serves,
    SwitchSystem,
)

CURRENT: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingress:
    """The doors of this machine. Without a number, a free port is chosen once and remembered."""

    http: Annotated[k.Tcp | Literal[0], "Port for HTTP.", Example("8080")] = 0
    https: Annotated[k.Tcp | Literal[0], "Port for HTTPS.", Example("8443")] = 0
    console: Annotated[k.Tcp | Literal[0], "Port of the console's plain form.", Example("8400")] = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """The managed switch."""

    name: Annotated[k.Name, "Its name.", Example("sw1")] = "switch"
    ports: Annotated[k.Count, "How many ports it has.", Example("16")]
    uplink: Annotated[
        k.SwitchPort | Literal[0], "The port that leads to the router.", Example("16")
    ] = 0
    address: Annotated[k.Address | None, "Its own, where it is managed.", Example("10.20.10.2")] = (
        None
    )
    system: Annotated[
        SwitchSystem | Literal[""],
        "What is spoken with it over SSH; left out: it has only a web page.",
        Example("openvswitch"),
    ] = ""
    user: Annotated[k.Name | Literal[""], "Who signs in there.", Example("admin")] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Router:
    """What connects the VLANs."""

    name: Annotated[k.Name, "Its name.", Example("gw")] = "router"
    node: Annotated[k.Name | Literal[""], "The node that it runs on.", Example("gate")] = ""
    serves: Annotated[tuple[Serves, ...], "What else it does.", Example("[dhcp, dns]")] = ()
    wan: Annotated[k.Interface, "Its network card to the provider.", Example("enp1s0")] = "wan"
    trunk: Annotated[k.Interface, "Its network card to the switch.", Example("enp2s0")] = "trunk"


@dataclass(frozen=True, slots=True, kw_only=True)
class Vlan:
    """One network of its own on the shared switch."""

    name: Annotated[k.Name, "Its name.", Example("cluster")]
    id: Annotated[k.VlanId, "Its 802.1Q number, 1 to 4094.", Example("20")]
    subnet: Annotated[k.Subnet, "Its addresses."]
    gateway: Annotated[
        k.Address | None,
        "The router's address in it; the first one when left out.",
        Example("10.20.20.1"),
    ] = None
    dhcp: Annotated[k.Range | None, "The addresses that are handed out to whoever asks."] = None
    virtual_ip: Annotated[
        k.Address | None,
        "The address that moves between servers, so that any one may fail.",
        Example("10.20.20.5"),
    ] = None
    line: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """A permission: what is not listed here is blocked between VLANs."""

    source: Annotated[
        k.Name, "The VLAN that may open connections.", Key("from"), Example("development")
    ]
    target: Annotated[
        k.Name, "The VLAN that it may open them to, or `internet`.", Key("to"), Example("cluster")
    ]
    ports: Annotated[
        tuple[k.Port, ...],
        "Ports by name or number, `/udp` where it is not TCP, or `any`.",
        Example("[https, ssh, 6443, 8472/udp]"),
    ]
    line: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """The switch, the VLANs on it, and who may reach whom."""

    router: Annotated[Router | None, "What connects the VLANs."] = None
    switch: Annotated[Switch | None, "The managed switch."] = None
    vlans: Annotated[tuple[Vlan, ...], "The VLANs.", BY_NAME] = ()
    reach: Annotated[tuple[Reach, ...], "Who may open which ports to whom."] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One machine. What a board preset knows may be left out; what is written wins."""

    name: Annotated[k.Name, "Its name, and its host name."]
    role: Annotated[Role, "What it is for.", Example("server")]
    board: Annotated[k.Board | Literal[""], "What it is: a preset for what follows."] = ""
    arch: Annotated[Arch | Literal[""], "Its processor's architecture.", Example("arm64")] = ""
    cpus: Annotated[k.Count | Literal[0], "Processor cores."] = 0
    memory: Annotated[k.Bytes | Literal[0], "Its memory."] = 0
    disk: Annotated[Disk | Literal[""], "What its system and data lie on.", Example("nvme")] = ""
    storage: Annotated[k.Bytes | Literal[0], "The size of that disk.", Example("500G")] = 0
    endurance: Annotated[
        k.Bytes | Literal[0], "What may be written to that disk in its life (TBW).", Example("40T")
    ] = 0
    writes: Annotated[
        k.Bytes | Literal[0], "What is written to it in a day, measured.", Example("8G")
    ] = 0
    watts: Annotated[k.Number | Literal[0], "What it draws under its usual load."] = 0
    idle_watts: Annotated[
        k.Number | Literal[0], "What it draws with nothing to do.", Example("55")
    ] = 0
    busy_watts: Annotated[k.Number | Literal[0], "What it draws at full load.", Example("420")] = 0
    price: Annotated[k.Money | None, "What it costs to buy, whole.", Example("95 EUR")] = None
    owned: Annotated[
        k.Flag,
        "Whether you have it; else it is on the shopping list of `what-if`, and in no plan.",
        Example("false"),
    ] = True
    address: Annotated[k.Address | None, "Its address."] = None
    port: Annotated[k.SwitchPort | Literal[0], "The switch port that it is plugged into."] = 0
    gpu: Annotated[Gpu | None, "Its graphics card."] = None
    runtime: Annotated[
        GpuRuntime | Literal[""],
        "Role gpu: models beside the cluster (docker) or inside it (k3s).",
        Example("docker"),
    ] = ""
    wake: Annotated[k.Mac | Literal[""], "Its MAC address, to wake it when it sleeps."] = ""
    sleep_after: Annotated[
        k.Seconds | Literal[0],
        "Role gpu, in Docker: how long nobody has to use it until it sleeps; never when left out.",
        Example("20m"),
    ] = 0
    line: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """On a cluster: PostgreSQL that begins with what copies in `backups.to` hold."""

    source: Annotated[
        k.Name,
        "The copies to begin with, by their folder; the first cluster wrote into `postgres`.",
        Key("from"),
        Example("postgres"),
    ]
    into: Annotated[
        k.Name, "The folder that its own copies go to from then on.", Example("postgres-2")
    ]
    until: Annotated[
        k.Moment | Literal[""], "The moment to go back to; the last one when left out."
    ] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Postgres:
    """PostgreSQL with pgvector: a database and role for each application that asks for one."""

    instances: Annotated[k.Count, "How many keep a copy.", Example("3")] = 1
    storage: Annotated[k.Bytes | Literal[0], "Disk for each; 0 is no limit."] = 0
    memory: Annotated[k.Bytes, "Its shared buffers.", Example("64Mi")] = 64 * 2**20
    connections: Annotated[k.Count, "How many clients at once.", Example("60")] = 60
    recover: Annotated[
        Recovery | None, "On a cluster: begin with copies, instead of with nothing."
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cache:
    """Valkey (Redis): a user and key prefix for each application that asks for one."""

    memory: Annotated[k.Bytes, "How much it may hold.", Example("256Mi")] = 256 * 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Objects:
    """SeaweedFS (S3): a bucket and key for each application that asks for one."""

    storage: Annotated[k.Bytes | Literal[0], "How much it may hold.", Example("100Gi")] = 0
    at: Annotated[
        k.Words | Literal[""],
        "On clusters: an S3 elsewhere in its place, where each application is given its bucket.",
        Example("https://s3.elsewhere.example"),
    ] = ""
    region: Annotated[
        k.Words | Literal[""], "Of that S3, where it wants one named.", Example("eu-central-1")
    ] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    """The data services. Each is there unless the word `none` stands in its place."""

    postgres: Annotated[Postgres | None, "PostgreSQL with pgvector."] = Postgres()
    cache: Annotated[Cache | None, "Valkey (Redis)."] = Cache()
    objects: Annotated[Objects | None, "SeaweedFS (S3)."] = Objects()


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """One application, and where its `score.yaml` is: exactly one of folder, repository, service.

    What is left out here, its own file says.
    """

    name: Annotated[k.Name, "Its name, and its first host name below the domain."]
    folder: Annotated[
        k.Words | Literal[""], "A folder, from this file's own.", Example("./guestbook")
    ] = ""
    repository: Annotated[k.Name | Literal[""], "A repository of this rack.", Example("hello")] = ""
    service: Annotated[
        k.Name | Literal[""], "A service that comes with Rackhouse.", Example("study")
    ] = ""
    exposure: Annotated[Exposure | Literal[""], "Who can reach it.", Example("lan")] = ""
    access: Annotated[Access | Literal[""], "Who may enter.", Example("signed-in")] = ""
    public: Annotated[k.Flag, "Open off this machine without signing in, on purpose."] = False
    hosts: Annotated[
        tuple[k.Host, ...], "Its host names, when not NAME.DOMAIN.", Example("[photos.home.arpa]")
    ] = ()
    cluster: Annotated[
        k.Name | Literal[""],
        "The cluster that it runs on once that has joined; left out, it runs on this machine.",
        Example("home"),
    ] = ""
    arch: Annotated[
        tuple[Arch, ...], "What its image is built for; any when left out.", Example("[arm64]")
    ] = ()
    models: Annotated[
        Allowance | None, "What it may ask of models; anything, and no limit, when left out."
    ] = None
    line: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class K3sSum:
    """What the files of a release are verified with, for nodes of one architecture."""

    name: Annotated[k.Name, "The architecture.", Example("arm64")]
    program: Annotated[k.Digest, "SHA-256 of the program, `k3s` or `k3s-arm64`."]
    images: Annotated[
        k.Digest | Literal[""],
        "SHA-256 of `k3s-airgap-images-ARCH.tar.zst`: with it, that archive is put on each node,"
        " and K3s starts without the Internet.",
    ] = ""
    line: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """Where the images of one registry are had from, and as whom."""

    host: Annotated[k.Words, "The registry, as images name it.", Example("docker.io")]
    mirrors: Annotated[
        tuple[k.Words, ...],
        "Asked in its place, one after the other.",
        Example("[https://mirror.home.arpa:5000]"),
    ] = ()
    user: Annotated[
        k.Words | Literal[""],
        "Who signs in. The password is given by `rackhouse cluster registry HOST`.",
        Example("ada"),
    ] = ""
    line: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class K3s:
    """How K3s is set up on the nodes of a cluster. Without it, the cluster is drawn only."""

    version: Annotated[k.K3sRelease, "The release that every node runs."]
    source: Annotated[
        k.Source, "Where `VERSION/FILE` lies: the project's own releases, a mirror, or a folder."
    ] = "https://github.com/k3s-io/k3s/releases/download"
    sums: Annotated[tuple[K3sSum, ...], "SHA-256 of its files, by architecture.", BY_NAME] = ()
    datastore: Annotated[
        Datastore | Literal[""], "SQLite on one server, etcd on several, when left out."
    ] = ""
    disable: Annotated[
        tuple[Component, ...], "What of it is left out.", Example("[traefik, servicelb]")
    ] = ()
    flannel: Annotated[Flannel, "How packets of pods travel."] = Flannel.VXLAN
    registries: Annotated[
        tuple[Registry, ...],
        "Registries that are mirrored, or that want a password. Nodes hand each other what they"
        " have in any case.",
    ] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """Nodes that form one K3s cluster. Without any, one that is there already and is joined by
    `rackhouse cluster add NAME`.
    """

    name: Annotated[k.Name, "Its name.", Example("home")]
    nodes: Annotated[
        tuple[k.Name, ...], "Its nodes. Its first server begins it.", Example("[pi-1, pi-2, pi-3]")
    ] = ()
    k3s: Annotated[K3s | None, "How K3s is set up on them."] = None
    line: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Backups:
    """Copies of what applications keep. On clusters: of PostgreSQL, to `s3://` elsewhere."""

    to: Annotated[k.Where, "Where they go."]
    region: Annotated[
        k.Words | Literal[""], "Of that S3, where it wants one named.", Example("eu-central-1")
    ] = ""
    every: Annotated[k.Seconds, "How often.", Example("6h")] = 86400.0
    keep: Annotated[k.Seconds, "How long each is kept.", Example("30d")] = 30 * 86400.0
    drill: Annotated[
        Drill, "How often the newest one is restored elsewhere and checked.", Example("weekly")
    ] = Drill.WEEKLY
    other_disk: Annotated[
        k.Flag, "The folder in `to` is on another disk than the data, though it does not look so."
    ] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rack:
    """All that a person owns and wants to run. An empty file is a rack of one machine."""

    version: Annotated[
        k.Version, "The format that this file is written in. Left out, it is the first, 1."
    ] = CURRENT
    name: Annotated[k.Name, "The rack's name.", Key("rack"), Example("home")] = "home"
    domain: Annotated[
        k.Host,
        "All its host names end in this. RFC 8375 sets `home.arpa` aside for homes.",
        Example("home.arpa"),
    ] = "rack.localhost"
    exposure: Annotated[Exposure, "Who can reach applications that do not say it themselves."] = (
        Exposure.LOOPBACK
    )
    ingress: Annotated[Ingress, "The doors of this machine."] = Ingress()
    network: Annotated[Network, "Switch, VLANs, reach."] = Network()
    nodes: Annotated[tuple[Node, ...], "The machines.", BY_NAME] = ()
    data: Annotated[Data, "The data services."] = Data()
    models: Annotated[tuple[Model, ...], "Models and where they run.", BY_NAME] = ()
    gateway: Annotated[Gateway, "How the gateway to models keeps its books."] = Gateway()
    applications: Annotated[tuple[Application, ...], "What runs on it.", BY_NAME] = ()
    clusters: Annotated[
        tuple[Cluster, ...], "K3s clusters; one of all that can join when left out.", BY_NAME
    ] = ()
    platform: Annotated[Platform, "What clusters have before any application."] = Platform()
    backups: Annotated[Backups | None, "Where copies go, and how often."] = None
    electricity: Annotated[k.Tariff | None, "What a kilowatt-hour costs, for `what-if`."] = None
