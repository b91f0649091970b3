"""What a cluster has before any application, as far as there is a choice. Frozen.

As in `model`: nothing here checks anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from rackhouse.rack import kinds as k
from rackhouse.rack.annotations import Example
from rackhouse.rack.words import Dns, Volumes


@dataclass(frozen=True, slots=True, kw_only=True)
class Forge:
    """Gitea on the first cluster: repositories, the registry of images, and what builds them."""

    storage: Annotated[k.Bytes, "Disk for repositories and images.", Example("50Gi")] = 20 * 2**30
    runners: Annotated[k.Count, "How many jobs run at once.", Example("2")] = 1
    keepers: Annotated[
        tuple[k.Name, ...],
        "People who have an account, push to every repository, and merge what the rack is.",
        Example("[ada]"),
    ] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LetsEncrypt:
    """Certificates that every browser trusts, of a domain that is one's own. Its token, or key, is
    given by `rackhouse secret set ingress dns`.
    """

    email: Annotated[
        k.Words, "Whom Let's Encrypt writes when something is wrong.", Example("ada@example.org")
    ]
    dns: Annotated[Dns, "By what the domain's records are written.", Example("cloudflare")]
    nameserver: Annotated[
        k.Address | None, "With rfc2136: the name server that is told.", Example("10.20.10.1")
    ] = None
    key: Annotated[
        k.Host | Literal[""], "With rfc2136: what the key is called there.", Example("rack")
    ] = ""
    staging: Annotated[
        k.Flag,
        "Try it with certificates that no browser trusts, of which there may be any number.",
    ] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """What each cluster has before any application, besides the data services."""

    forge: Annotated[
        Forge | None, "Gitea and its runners; `none` where repositories lie elsewhere."
    ] = Forge()
    image: Annotated[
        k.Image | Literal[""],
        "Rackhouse's own image, `runner` of `images/`, in which jobs run, and the broker by which"
        " they release. Without it there is no broker, and jobs run in upstream's image.",
        Example(f"git.home.arpa/home/rackhouse@sha256:{'9f86d081884c7d65' * 4}"),
    ] = ""
    certificates: Annotated[
        k.Flag,
        "cert-manager, with an issuer `rackhouse` of the rack's own authority, for what others"
        " bring. What Rackhouse compiles has its certificates without it.",
    ] = False
    letsencrypt: Annotated[
        LetsEncrypt | None,
        "Let's Encrypt's certificate for `*.DOMAIN`, in place of the rack's own, on applications.",
    ] = None
    volumes: Annotated[
        Volumes,
        "Where volumes lie: on the node that they began on, or with Longhorn on two. That costs"
        " an eighth of each node's cores, and every write goes over the network.",
        Example("longhorn"),
    ] = Volumes.LOCAL
