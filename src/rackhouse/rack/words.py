"""The words of the rack file that come from a closed list. Frozen; nothing else."""

from __future__ import annotations

from enum import StrEnum

# Those that come with Rackhouse, and may be named as `service`.
SERVICES = frozenset({"gateway", "retrieval", "scripture", "study"})


class Arch(StrEnum):
    """Processor architectures, as container images call them."""

    AMD64 = "amd64"
    ARM64 = "arm64"
    ARM = "arm"


class Exposure(StrEnum):
    """Who can reach a door."""

    LOOPBACK = "loopback"
    LAN = "lan"
    INTERNET = "internet"


class Access(StrEnum):
    """Who may pass it."""

    OPEN = "open"
    SIGNED_IN = "signed-in"


class Role(StrEnum):
    """What a machine is for."""

    SERVER = "server"  # K3s control plane, and work
    AGENT = "agent"  # K3s worker
    GPU = "gpu"  # models
    STORAGE = "storage"  # volumes, backups
    ROUTER = "router"  # between the VLANs and to the Internet
    DEV = "dev"  # where people work


class Disk(StrEnum):
    """What a node's system and data lie on."""

    SD = "sd"
    EMMC = "emmc"
    USB = "usb"
    HDD = "hdd"
    SSD = "ssd"
    NVME = "nvme"


class GpuRuntime(StrEnum):
    """Where the models of a GPU machine run."""

    DOCKER = "docker"  # beside the cluster
    K3S = "k3s"  # inside it, as an agent


class Datastore(StrEnum):
    """Where K3s servers keep the cluster's state."""

    SQLITE = "sqlite"  # one server
    ETCD = "etcd"  # on each of three or more


class Component(StrEnum):
    """What K3s brings along and can do without."""

    COREDNS = "coredns"
    LOCAL_STORAGE = "local-storage"
    METRICS_SERVER = "metrics-server"
    SERVICELB = "servicelb"
    TRAEFIK = "traefik"


class Flannel(StrEnum):
    """How packets of pods get from node to node."""

    VXLAN = "vxlan"
    HOST_GW = "host-gw"  # plain routes: all nodes in one subnet
    WIREGUARD = "wireguard-native"  # encrypted


class Engine(StrEnum):
    """What serves a model."""

    BUILTIN = "builtin"  # Rackhouse itself, on the processor
    OLLAMA = "ollama"
    VLLM = "vllm"
    LLAMA_CPP = "llama.cpp"
    EMBEDDINGS = "text-embeddings"


class Ability(StrEnum):
    """What a model can be asked for."""

    CHAT = "chat"
    EMBEDDINGS = "embeddings"
    RERANK = "rerank"
    TOOLS = "tools"
    IMAGES = "images"
    SCHEMA = "schema"  # answers of a given form


class OnBreak(StrEnum):
    """What a client meets when an answer breaks off after its first words."""

    CONTINUE = "continue"  # the next one goes on from what was said
    RESTART = "restart"  # the next one begins anew, and the stream says so
    ERROR = "error"  # the stream ends with an error


class Serves(StrEnum):
    """What a router does besides routing."""

    DHCP = "dhcp"
    DNS = "dns"
    FIREWALL = "firewall"


class SwitchSystem(StrEnum):
    """What a managed switch runs, and so what it is told its VLANs in."""

    OPENVSWITCH = "openvswitch"
    LINUX = "linux"  # a bridge that filters VLANs
    ROUTEROS = "routeros"  # MikroTik


class Drill(StrEnum):
    """How often the newest backup is restored elsewhere and checked."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    NEVER = "never"


class Dns(StrEnum):
    """By what a domain's records are written, so that an authority sees whose it is."""

    CLOUDFLARE = "cloudflare"
    DIGITALOCEAN = "digitalocean"
    RFC2136 = "rfc2136"  # a name server of one's own


class Volumes(StrEnum):
    """Where volumes of applications on a cluster lie."""

    LOCAL = "local-path"  # on one node
    LONGHORN = "longhorn"  # copied to another
