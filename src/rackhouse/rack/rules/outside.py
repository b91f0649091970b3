"""Rules about the world outside: names, doors to the Internet, backups. Pure."""

from __future__ import annotations

import re

from rackhouse.kit.text import did_you_mean
from rackhouse.rack.kinds import show_duration
from rackhouse.rack.model import Rack
from rackhouse.rack.rules.finding import Finding, Findings, node_named, repeated
from rackhouse.rack.words import Dns, Exposure, Role, Serves

# Names that never lead to you from outside: RFC 6761, RFC 6762, RFC 8375, ICANN's .internal
_INWARD = ("localhost", "local", "test", "example", "invalid", "home.arpa", "internal", "lan")
_MOUNTS = ("/mnt/", "/media/", "/run/media/", "/Volumes/")
_S3 = re.compile(r"https?://[A-Za-z0-9.-]+(:[1-9][0-9]{0,4})?")
_KEEPERS = {Role.STORAGE, Role.GPU, Role.DEV}


def domain_of_multicast(rack: Rack) -> Findings:
    """`.local` is asked for by shouting into the network, never by asking a DNS server (RFC 6762),
    so half of all machines would not find the rack.
    """
    if rack.domain.split(".")[-1] == "local":
        what = f"{rack.domain} ends in .local"
        yield Finding("domain", what, "take home.arpa, which RFC 8375 sets aside for homes")


def one_port_two_doors(rack: Rack) -> Findings:
    """Only one program can listen on a port."""
    doors = (("http", rack.ingress.http), ("https", rack.ingress.https))
    pairs = [*doors, ("console", rack.ingress.console)]
    for port, path, first in repeated([(n, f"ingress.{key}") for key, n in pairs if n]):
        yield Finding(path, f"{port} is already {first}", "take another number")


def internet_needs_a_public_domain(rack: Rack) -> Findings:
    """Nobody outside can look up a name that is set aside for the inside, and no authority
    certifies it.
    """
    if _is_inward(rack) and (path := _to_the_internet(rack)):
        what = f"from the Internet, {rack.domain} leads nowhere"
        yield Finding(path, what, "set `domain` to one that you own, or `exposure: lan`")


def certified_domain_is_public(rack: Rack) -> Findings:
    """Let's Encrypt certifies what can be looked up from anywhere, and belongs to somebody."""
    if rack.platform.letsencrypt and _is_inward(rack):
        what = f"nobody owns {rack.domain}, so that nobody certifies it"
        yield Finding(
            "platform.letsencrypt", what, "set `domain` to one that you own, or leave it out"
        )


def name_server_that_is_told(rack: Rack) -> Findings:
    """RFC 2136 is spoken with one server, in the name of a key that it knows."""
    said = rack.platform.letsencrypt
    if said and said.dns == Dns.RFC2136 and not (said.nameserver and said.key):
        what = "whom to tell, or by which key, is not said"
        yield Finding("platform.letsencrypt", what, "add `nameserver: ADDRESS` and `key: NAME`")


def internet_needs_fixed_ports(rack: Rack) -> Findings:
    """A home's router forwards to a port by number, so the number has to be known and to stay."""
    path = _to_the_internet(rack)
    if path and not rack.nodes and not (rack.ingress.http and rack.ingress.https):
        what = "the ports to which the Internet is forwarded are not fixed"
        yield Finding(path, what, "add `ingress: {http: 8080, https: 8443}`")


def internet_needs_a_firewall(rack: Rack) -> Findings:
    """What comes in from the Internet must not go on to every other VLAN."""
    router, path = rack.network.router, _to_the_internet(rack)
    if path and router and Serves.FIREWALL not in router.serves:
        what = "the Internet may come in, and the router serves no firewall"
        yield Finding(path, what, "add `firewall` to `network.router.serves`")


def _is_inward(rack: Rack) -> bool:
    return any(f".{rack.domain}".endswith(f".{name}") for name in _INWARD)


def _to_the_internet(rack: Rack) -> str:
    """The path at which the file opens a door to the Internet; "" when it does not."""
    if rack.exposure == Exposure.INTERNET:
        return "exposure"
    opened = (app.name for app in rack.applications if app.exposure == Exposure.INTERNET)
    return next((f"applications.{name}.exposure" for name in opened), "")


def backup_on_the_disk_it_protects(rack: Rack) -> Findings:
    """A copy that is lost with the original is no backup. A rack's own S3 and its own cluster are
    on the disks that are to be protected.
    """
    if rack.backups is None:
        return
    to, what = rack.backups.to, ""
    node = node_named(rack, to.host)
    host = to.host.partition(":")[0]
    if f".{host}".endswith(f".{rack.domain}") or host == "localhost":
        what = f"{to.host} is this rack itself"
    elif to.scheme == "ssh" and node and node.role not in _KEEPERS:
        what = f"{node.name} holds the data that is to be protected"
    elif to.scheme == "file" and not rack.backups.other_disk and not to.path.startswith(_MOUNTS):
        what = f"{to.path} is on the same disk as the data, as far as one can see"
    if what:
        fix = "send it to another machine, to s3:// elsewhere, or to a disk under /mnt or /media; "
        fix += "or say `other_disk: true`, when that folder is on one"
        yield Finding("backups.to", what, fix)


def backup_to_unknown_node(rack: Rack) -> Findings:
    """A short name is a node of this rack; a machine elsewhere has a full one."""
    to = rack.backups.to if rack.backups else None
    if to and to.scheme == "ssh" and "." not in to.host and node_named(rack, to.host) is None:
        near = did_you_mean(to.host, [node.name for node in rack.nodes])
        fix = near.strip() or "add it under `nodes`, or write its full host name"
        yield Finding("backups.to", f"there is no node {to.host!r}", fix)


def backup_gone_before_the_next(rack: Rack) -> Findings:
    """Copies that are thrown away before the next one is made leave hours without any."""
    if rack.backups and rack.backups.keep < rack.backups.every:
        keep, every = show_duration(rack.backups.keep), show_duration(rack.backups.every)
        what = f"kept for {keep}, made every {every}"
        yield Finding("backups.keep", what, "keep them for several times as long")


def backup_without_bucket(rack: Rack) -> Findings:
    """S3 keeps everything in buckets; a host alone is no place."""
    to = rack.backups.to if rack.backups else None
    if to and to.scheme == "s3" and not to.path.strip("/"):
        yield Finding("backups.to", f"{to} names no bucket", f"write s3://{to.host}/BUCKET")


def objects_at_an_address(rack: Rack) -> Findings:
    """Applications are told where their S3 is, as a whole address and nothing below it."""
    at = rack.data.objects.at if rack.data.objects else ""
    if at and not _S3.fullmatch(at):
        what = f"{at!r} is no address of an S3"
        yield Finding("data.objects.at", what, "write https://HOST, with :PORT where it has one")


def recovery_without_copies(rack: Rack) -> Findings:
    """A cluster finds its copies where `backups.to` says, which is S3, and nowhere else."""
    said = rack.data.postgres and rack.data.postgres.recover
    if said and not (rack.backups and rack.backups.to.scheme == "s3"):
        fix = "say where those copies are: `backups: {to: s3://HOST/BUCKET}`"
        yield Finding("data.postgres.recover", "there is no S3 to begin from", fix)


def recovery_into_itself(rack: Rack) -> Findings:
    """Two histories in one folder are none: a log that goes on from an earlier moment would write
    over the one that it began from.
    """
    said = rack.data.postgres and rack.data.postgres.recover
    if said and said.into == said.source:
        what = f"{said.into} is the folder that it begins from"
        yield Finding("data.postgres.recover.into", what, f"name a new one: `{said.into}-2`")
