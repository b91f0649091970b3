"""Every sentence of an explanation, in one place. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from rackhouse.resources.core import Id
from rackhouse.resources.machine import Access, Exposure

# What each kind of resource is. On this machine:
MACHINE: Mapping[str, str] = {
    "process": "a program that is kept running",
    "job": "a program that is run to its end, once for each release",
    "timer": "a program that is started by the clock, never twice at once",
    "port": "free ports of 127.0.0.1, chosen once, told to the program as PORT",
    "door": "a port of 127.0.0.1 that stays the same over all releases",
    "route": "how the ingress leads there",
    "folder": "a folder of its own",
    "file": "a file that the program finds",
    "source": "the files of the release, which nobody changes",
    "packages": "its dependencies, shared by all that have the same",
    "database": "a database in the rack's PostgreSQL, with a role that reaches no other",
    "user": "a user of the rack's Valkey, who reaches keys with its own prefix alone",
    "bucket": "a bucket in the rack's SeaweedFS, and a key that reaches it alone",
    "secret": "a password that the rack makes up, and nobody has to know",
    "given": "a value that a person sets",
    "authority": "the rack's own authority for certificates",
    "certificate": "a certificate of the rack's own authority, renewed by the rack",
}

# And on a cluster:
CLUSTER: Mapping[str, str] = {
    **{kind: MACHINE[kind] for kind in ("user", "bucket", "secret", "given")},
    "authority": MACHINE["authority"],
    "certificate": MACHINE["certificate"],
    "Namespace": "where all of it lives; only pods that are `restricted` are let in",
    "ServiceAccount": "what its pods run as, without a token for the cluster",
    "LimitRange": "what a container may use that says nothing itself",
    "ResourceQuota": "what all of it together may ask for",
    "NetworkPolicy": "who may speak to it, and to whom it may speak",
    "Deployment": "keeps its pods running",
    "StatefulSet": "keeps its one pod running; the old one ends before the new one comes",
    "CronJob": "starts a pod by the clock, never twice at once",
    "Service": "the name at which other applications find it",
    "Ingress": "how Traefik leads there, by TLS alone",
    "Middleware": "asks the console who a visitor is, before anything is passed on",
    "Secret": "values that are in no manifest",
    "ConfigMap": "files that the program finds",
    "PersistentVolumeClaim": "a disk of its own",
    "HorizontalPodAutoscaler": "adds and takes away pods by how busy they are",
    "PodDisruptionBudget": "lets one pod leave at a time when a node is drained",
    "DatabaseRole": "who the application is in PostgreSQL",
    "Database": "a database that this role owns",
    "Cluster": "the rack's PostgreSQL, kept by CloudNativePG",
    "PriorityClass": "who makes room for whom when memory is short",
}

LIVE = "live on {where}"
NOT_LIVE = "not live yet"
HOME = "HOME to its programs, over all releases"
NOT_WRITTEN = "{path} is not written: the default holds"
CLOSED = "closes the namespace, both ways"
IMAGE = "it runs the image {image}"
BUILT_HERE = "it runs from the files of the release"
BY_ENGINE = "it runs the image {image}, by this machine's container engine"
FIRST = "an init container: it has to end before the others start"
BESIDE = "a sidecar: it starts before the others, and stays"
BEFORE_POD = "runs `{command}` first, whenever a pod starts"
BEFORE = "runs `{command}` first, once for each release"
SECRET_KEY = "holds {keys}"
SECRET_VARIABLE = "is told {names}, filled in when it starts"
TLS = "the certificate, and its key"
KNOWN = "tells the server of it"
MEMORY = "may use {memory} at most, and is ended above"
ASKS = "a node has to have {memory} of memory and {cpu} of processor left for it"
PROBE = "counts as ready when {what}"
ANSWERS = "it answers GET {path}"
SUCCEEDS = "`{command}` succeeds"
MOUNT = "finds {what} at {target}"
PORT = "port {port} leads to {target} of the pods"
REPLICAS = "{low} to {high} pods, spread over the nodes"
COPIES = "{low} pods, spread over the nodes"
EACH = "each of its pods, of which there are {copies}:"
SCHEDULE = "by `{schedule}`, {timezone}"
EXPIRES = "is dropped after {date}"
INTERNET = "lets it open connections to the Internet"
SIGN_IN = "lets it ask the console who somebody is"
MAY_REACH = "lets it reach {what}"
MAY_BE_REACHED = "lets {who} in"
HOSTS = "answers at {hosts}"
NAMED = "its names end in {domain}"
ON_CLUSTER = "it lies on this cluster"
ARCH = "only nodes of {arch} may run it"
INSTANCES = "copies of it: {count}"
STOPS_AT_LOOPBACK = "no Ingress is made: `loopback` lets in nobody from outside the cluster"
PUBLIC = "may be used without signing in"
DRAIN = "serves on for {seconds} s after others are asked instead"
STATIC = "serves the files in {folder}"

ANY_NODE = "any node: the rack file names no machines of this cluster"
HERE = "this machine: there is no other"
WRONG_ARCH = "its processor is {arch}, the image is for {wanted}"
WEARS_OUT = "it keeps data, and the disk there is {disk}, which dies of being written to"
OTHER_LABEL = "its {label} is {value}"
FITS = "{arch}, {disk}"

OPENED = {
    Exposure.LOOPBACK: "from this machine alone",
    Exposure.LAN: "from the local network",
    Exposure.INTERNET: "from everywhere",
}
ENTERED = {Access.OPEN: "without signing in", Access.SIGNED_IN: "by whoever has signed in"}
KEYS = "without signing in: the application asks for keys of its own"
STAYS_IN = "the exposure is `loopback`"
NO_ROUTE = "it has no route"
NO_DOOR = "by nobody: it opens no door"


def door(address: str, exposure: Exposure, access: Access) -> str:
    """`at hello.home.arpa, from the local network, by whoever has signed in`."""
    return f"at {address}, {OPENED[exposure]}, {ENTERED[access]}"


def inside(address: str) -> str:
    """A door that only other applications use."""
    return f"at {address}, by applications here that declare it as a `service`"


def not_outside(why: str, namespace: str, service: str, port: int) -> str:
    """Who gets in where no Ingress is."""
    forward = f"kubectl port-forward -n {namespace} service/{service} 8080:{port}"
    return f"by nobody from outside the cluster: {why}. You: `{forward}`"


ROLLS = (
    "One new pod more is started. When it is ready it gets requests, and an old one ends: "
    "it is never away."
)
TURNS = "One new pod more is started. When it lives, an old one ends."
REPLACES = (
    "The old pod ends before the new one starts, since its volume bears one user: "
    "it is away meanwhile."
)
NEXT_RUN = "The next run is of the new release; one that has begun goes on to its end."
BESIDE_THE_OLD = (
    "The new processes are started beside the old. When they are ready the ingress leads to them, "
    "and the old ones end: it is never away."
)
AFTER_THE_OLD = (
    "The old processes end before the new ones start, since its volume bears one user: "
    "it is away meanwhile."
)
WORKERS = "The new processes are started; when they live, the old ones end."
FAILS = "If the new ones do not become ready, the old ones go on."
FAILS_AWAY = "If the new one does not become ready, it stays away until it is rolled back."
FIRST_RUNS = "Before that, `{command}` runs to its end."
FIRST_RUNS_IN = "As it starts, `{command}` runs to its end first."
BACK_HERE = "The same, with the files of the release before, which are kept."
BACK_THERE = "The same, with the image of the release before, which the registry keeps."
WRITTEN_STAYS = (
    "What it wrote in {places} stays, `--purge` or not, and the next application of this name "
    "reads it; docs/how-to/platform.md has the lines that delete it."
)
DATA_STAYS = "What it wrote meanwhile stays, and so does what `{command}` changed."


def removed(kept: list[str]) -> Iterator[str]:
    """What goes, and what of it stays."""
    if not kept:
        yield "All of it goes."
        return
    yield "All of it goes but what holds data, and what that needs. Until `--purge`, this stays:"
    yield from (f"- {it}" for it in kept)


def names(found: Iterable[str]) -> str:
    """`a, b and c`."""
    *first, last = list(found) or [""]
    return f"{', '.join(first)} and {last}" if first else last


def named(thing: str, application: str) -> str:
    """What a resource is called among those of one application: `Deployment web`, `Database
    hello.db in data` of another namespace, `vault secret hello.db`, `route hello`.
    """
    id = Id.parse(thing)
    if id.target == "vault":
        return f"vault {id.kind} {id.name}"
    where, _, name = id.name.partition(".")
    if not id.target.startswith("kube.") or not name:
        return f"{id.kind} {id.name}"
    return f"{id.kind} {name}" + (f" in {where}" if where != application else "")
