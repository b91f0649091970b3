"""Rules about applications: where they come from, what they are called, who may enter. Pure."""

from __future__ import annotations

from rackhouse.kit.text import did_you_mean
from rackhouse.rack.complete import hosts_of
from rackhouse.rack.model import Application, Rack
from rackhouse.rack.rules.finding import Finding, Findings, members, repeated
from rackhouse.rack.words import Access, Exposure

GATEWAY = "gateway"
RETRIEVAL = "retrieval"

# Names of the parts: `rackhouse logs postgres` must mean one thing.
RESERVED = frozenset(
    {"cache", "console", "forge", "gateway", "ingress", "objects", "postgres", "rack"}
    | {"supervisor", "vault"}
)


def one_source(_: Rack, application: Application) -> Findings:
    """An application is one folder, one repository, or one service that comes with Rackhouse."""
    sources = ("folder", "repository", "service")
    given = [key for key in sources if getattr(application, key)]
    if len(given) != 1:
        what = f"it has {' and '.join(given) or 'no source'}"
        yield Finding(f"applications.{application.name}", what, f"give one of {', '.join(sources)}")


def reserved_application_name(_: Rack, application: Application) -> Findings:
    """Parts of the rack are asked about by these names: `rackhouse logs postgres`."""
    if application.name in RESERVED and application.service != application.name:
        what = f"{application.name!r} is the name of a part of the rack"
        yield Finding(f"applications.{application.name}", what, "choose another name")


def gateway_by_another_name(_: Rack, application: Application) -> Findings:
    """Applications find the gateway, and the rack file its keys, by this name."""
    if application.service == GATEWAY != application.name:
        what = f"the service {GATEWAY!r} is called {application.name!r}"
        fix = f"write `{GATEWAY}: {{service: {GATEWAY}}}`; `hosts` may say other host names"
        yield Finding(f"applications.{application.name}", what, fix)


def retrieval_by_another_name(_: Rack, application: Application) -> Findings:
    """Applications that search texts find the service that does it by this name."""
    if application.service == RETRIEVAL != application.name:
        what = f"the service {RETRIEVAL!r} is called {application.name!r}"
        fix = f"write `{RETRIEVAL}: {{service: {RETRIEVAL}}}`; `hosts` may say other host names"
        yield Finding(f"applications.{application.name}", what, fix)


def two_applications_one_host(rack: Rack) -> Findings:
    """The ingress sends a host name to one application; the other would never be seen."""
    pairs = []
    for application in rack.applications:
        path = f"applications.{application.name}"
        if application.hosts:
            hosts = enumerate(application.hosts)
            pairs += [(host, f"{path}.hosts[{number}]") for number, host in hosts]
        else:
            pairs += [(host, path) for host in hosts_of(rack, application)]
    for host, path, first in repeated(pairs):
        yield Finding(path, f"{host} already leads to {first}", "give it a host name of its own")


def host_outside_domain(rack: Rack, application: Application) -> Findings:
    """The rack answers, and has certificates, for names below its own domain."""
    for number, host in enumerate(application.hosts):
        if not host.endswith(f".{rack.domain}"):
            what = f"{host} is not below {rack.domain}"
            if host == rack.domain:
                what = f"{host} itself is the console's"
            fix = f"call it {host.split('.')[0]}.{rack.domain}, or change `domain`"
            yield Finding(f"applications.{application.name}.hosts[{number}]", what, fix)


def application_on_unknown_cluster(rack: Rack, application: Application) -> Findings:
    """An application runs on a cluster that the file describes."""
    known = [cluster.name for cluster in rack.clusters]
    if application.cluster and application.cluster not in known:
        what = f"there is no cluster {application.cluster!r}"
        fix = did_you_mean(application.cluster, known).strip() or "add it under `clusters`"
        yield Finding(f"applications.{application.name}.cluster", what, fix)


def architecture_on_no_node(rack: Rack, application: Application) -> Findings:
    """A program built for another processor ends at once with "exec format error", the first
    thing that mixed racks meet (kamal#783, dokku#6678).
    """
    clusters = [c for c in rack.clusters if application.cluster in {"", c.name}][:1]
    nodes = [node for cluster in clusters for node in members(rack, cluster)] or rack.nodes
    there = {node.arch for node in nodes}
    if application.arch and nodes and "" not in there and there.isdisjoint(application.arch):
        what = f"it is built for {', '.join(application.arch)}, the nodes are "
        what += ", ".join(sorted(there))
        fix = "build it for one of those, or run it on another cluster"
        yield Finding(f"applications.{application.name}.arch", what, fix)


def open_off_loopback(rack: Rack, application: Application) -> Findings:
    """Off this machine a door without sign-in is open to every guest and every television; that
    has to be said twice.
    """
    exposure = application.exposure or rack.exposure
    open_wide = application.access == Access.OPEN and not application.public
    if exposure != Exposure.LOOPBACK and open_wide:
        what = f"everyone on the {exposure} may enter without signing in"
        fix = "set `access: signed-in`, or `public: true` if that is meant"
        yield Finding(f"applications.{application.name}.access", what, fix)


def public_and_signed_in(_: Rack, application: Application) -> Findings:
    """One of the two does not say what was meant, and it is better not to guess which."""
    if application.public and application.access == Access.SIGNED_IN:
        what = "it is public, and one has to sign in"
        yield Finding(f"applications.{application.name}.public", what, "delete one of the two")
