"""The rack as frozen values: the one source of the parser, the JSON Schema and the reference page.

A field is `name: Annotated[kind, "what it is for"] = default`. A key that Python cannot spell has
`Key`, a tuple that the file writes as a mapping from names has `BY_NAME`, and an example better
than the kind's own has `Example`. Nothing here checks anything: `load` and `rules` do.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Final, Literal

from rackhouse.rack import kinds as k
from rackhouse.rack.words import (
    Access,
    Arch,
    Component,
    Datastore,
    Disk,
    Drill,
    Engine,
    Exposure,
    Flannel,
    GpuRuntime,
    Role,
    Serves,
)

CURRENT: Final = 1


@dataclass(frozen=True, slots=True)
class Key:
    """What the file calls the field."""

    name: str


@dataclass(frozen=True, slots=True)
class Example:
    """How the field is written, better than its kind's own example."""

    text: str


@dataclass(frozen=True, slots=True)
class ByName:
    """The file has a mapping from names in place of a list."""


BY_NAME: Final = ByName()


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Router:
    """What connects the VLANs."""

    name: Annotated[k.Name, "Its name.", Example("gw")] = "router"
    node: Annotated[k.Name | Literal[""], "The node that it runs on.", Example("gate")] = ""
    serves: Annotated[tuple[Serves, ...], "What else it does.", Example("[dhcp, dns]")] = ()


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
class Gpu:
    """A graphics card that runs models."""

    model: Annotated[k.Words, "What it is."] = ""
    memory: Annotated[k.Bytes, "Its own memory.", Example("24Gi")]
    watts: Annotated[
        k.Number | Literal[0], "How much of its machine's `watts` is its own.", Example("40")
    ] = 0


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
    watts: Annotated[k.Number | Literal[0], "What it draws under its usual load."] = 0
    idle_watts: Annotated[
        k.Number | Literal[0], "What it draws with nothing to do.", Example("55")
    ] = 0
    busy_watts: Annotated[k.Number | Literal[0], "What it draws at full load.", Example("420")] = 0
    price: Annotated[k.Money | None, "What it costs to buy, whole.", Example("95 EUR")] = None
    owned: Annotated[
        k.Flag,
        "Whether you have it; else it is on the shopping list of `what-if`.",
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
    line: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Postgres:
    """PostgreSQL with pgvector: a database and role for each application that asks for one."""

    instances: Annotated[k.Count, "How many keep a copy.", Example("3")] = 1
    storage: Annotated[k.Bytes | Literal[0], "Disk for each; 0 is no limit."] = 0
    memory: Annotated[k.Bytes, "Its shared buffers.", Example("64Mi")] = 64 * 2**20
    connections: Annotated[k.Count, "How many clients at once.", Example("60")] = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Cache:
    """Valkey (Redis): a user and key prefix for each application that asks for one."""

    memory: Annotated[k.Bytes, "How much it may hold.", Example("256Mi")] = 256 * 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Objects:
    """SeaweedFS (S3): a bucket and key for each application that asks for one."""

    storage: Annotated[k.Bytes | Literal[0], "How much it may hold.", Example("100Gi")] = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    """The data services. Each is there unless the word `none` stands in its place."""

    postgres: Annotated[Postgres | None, "PostgreSQL with pgvector."] = Postgres()
    cache: Annotated[Cache | None, "Valkey (Redis)."] = Cache()
    objects: Annotated[Objects | None, "SeaweedFS (S3)."] = Objects()


@dataclass(frozen=True, slots=True, kw_only=True)
class Local:
    """A model on one's own hardware."""

    engine: Annotated[Engine, "What serves it.", Example("ollama")]
    model: Annotated[k.Words, "Its name, as the engine knows it.", Example("llama3.1:8b")]
    node: Annotated[
        k.Name | Literal[""], "The machine that it runs on; any when left out.", Example("forge")
    ] = ""
    memory: Annotated[
        k.Bytes | Literal[0], "What it takes; worked out from its name when left out."
    ] = 0
    tokens_per_second: Annotated[
        k.Number | Literal[0],
        "How fast it writes, measured (Ollama: `eval rate`).",
        Example("95"),
    ] = 0
    prompt_tokens_per_second: Annotated[
        k.Number | Literal[0],
        "How fast it reads, measured (Ollama: `prompt eval rate`).",
        Example("3000"),
    ] = 0
    line: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenPrice:
    """What an outside API takes for a million tokens."""

    input: Annotated[k.Money, "For those that it reads.", Example("0.22 EUR")]
    output: Annotated[k.Money, "For those that it writes.", Example("1.75 EUR")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """A model behind somebody else's API."""

    provider: Annotated[k.Name, "Whose.", Example("openai")]
    model: Annotated[k.Words, "Its name there.", Example("gpt-5-mini")]
    budget: Annotated[k.Budget | None, "What it may cost; none is no limit."] = None
    price: Annotated[TokenPrice | None, "What it takes for a million tokens, for `what-if`."] = None
    line: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A name that applications ask for, and what answers: the first that can, in this order."""

    name: Annotated[k.Name, "What applications call it.", Example("chat")]
    prefer: Annotated[tuple[Local, ...], "One's own hardware, best first."] = ()
    fall_back: Annotated[tuple[Outside, ...], "Outside APIs, when none of those answers."] = ()
    line: int = field(default=0, compare=False, repr=False)


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
        "The cluster that it runs on; the first when left out.",
        Example("home"),
    ] = ""
    arch: Annotated[
        tuple[Arch, ...], "What its image is built for; any when left out.", Example("[arm64]")
    ] = ()
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """Nodes that form one K3s cluster."""

    name: Annotated[k.Name, "Its name.", Example("home")]
    nodes: Annotated[
        tuple[k.Name, ...], "Its nodes. Its first server begins it.", Example("[pi-1, pi-2, pi-3]")
    ]
    k3s: Annotated[K3s | None, "How K3s is set up on them."] = None
    line: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Backups:
    """Encrypted copies of everything that applications keep."""

    to: Annotated[k.Where, "Where they go."]
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
    applications: Annotated[tuple[Application, ...], "What runs on it.", BY_NAME] = ()
    clusters: Annotated[
        tuple[Cluster, ...], "K3s clusters; one of all that can join when left out.", BY_NAME
    ] = ()
    backups: Annotated[Backups | None, "Where copies go, and how often."] = None
    electricity: Annotated[k.Tariff | None, "What a kilowatt-hour costs, for `what-if`."] = None
