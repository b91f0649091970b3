"""Buckets in an S3 elsewhere: what an application is told of its own, and the way to it. Pure.

Each has a bucket and a key of its own, which somebody made at that S3 and gave as secrets. One key
for all of them would let each read what the others keep.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import AddressValueError, IPv4Address
from urllib.parse import urlsplit

from lightkube.models import networking_v1 as n

from rackhouse.app.model import App, Need, ResourceType
from rackhouse.desired import data
from rackhouse.desired.case import Ask, Provided
from rackhouse.desired.kube.allow import internet, machine, to
from rackhouse.rack.model import Rack
from rackhouse.resources.core import Id, Text
from rackhouse.resources.vault import Given

WORDS = ("bucket", "access-key", "secret-key")  # `files-bucket` is that of the need `files`
_PORTS = {"http": 80, "https": 443}


def address(rack: Rack) -> str:
    """Of that S3; "" where buckets are the cluster's own."""
    return rack.data.objects.at if rack.data.objects else ""


def asked(app: App) -> Iterable[Need]:
    """The buckets that it has."""
    return (need for need in app.needs if need.type is ResourceType.S3)


def given(rack: Rack, app: App) -> frozenset[str]:
    """`app.name` of every secret that says of them where they are and how they are entered."""
    wanted = asked(app) if address(rack) else ()
    return frozenset(f"{app.name}.{need.name}-{word}" for need in wanted for word in WORDS)


def bucket(ask: Ask) -> Provided:
    """The one that was given; of the cluster's own S3, one that is made."""
    case, rack = ask.case, ask.case.ground.rack
    if not (at := address(rack)):
        return data.s3(ask)
    names = {word: f"{ask.need.name}-{word}" for word in WORDS}
    known = case.ground.facts.given
    if lacking := [it for it in names.values() if f"{case.app.name}.{it}" not in known]:
        return ask.say(
            "secret-missing",
            f"its bucket is at {at}, and nobody has said which, or how it is entered",
            "; ".join(f"rackhouse secret set {case.app.name} {it}" for it in lacking),
        )
    made = {
        word: case.own(
            Id("vault", "given", f"{case.app.name}.{name}"), Given(case.app.name, name), keep=True
        )
        for word, name in names.items()
    }
    name, access, secret = (Text.of(made[word].id.ref("value")) for word in WORDS)
    said = rack.data.objects
    outputs = {
        "endpoint": Text.of(at),
        "bucket": name,
        "region": Text.of(said.region if said and said.region else "us-east-1"),
        "access_key": access,
        "secret_key": secret,
        "url": Text.of(at, "/", name),
    }
    return Provided(resources=tuple(made.values()), outputs=outputs)


def way(rack: Rack, app: App) -> list[n.NetworkPolicyEgressRule]:
    """Let it speak to that S3: in the house where an address says so, else in the Internet."""
    if not address(rack) or not any(asked(app)):
        return []
    parts = urlsplit(address(rack))
    try:
        where = machine(IPv4Address(parts.hostname or ""))
    except AddressValueError:
        where = internet()
    return [to(where, at=[parts.port or _PORTS[parts.scheme]])]
