"""What a cluster has before any application, as far as there is a choice. Frozen.

As in `model`: nothing here checks anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from rackhouse.rack import kinds as k
from rackhouse.rack.annotations import Example
from rackhouse.rack.words import Volumes


@dataclass(frozen=True, slots=True, kw_only=True)
class Forge:
    """Gitea on the first cluster: repositories, the registry of images, and what builds them."""

    storage: Annotated[k.Bytes, "Disk for repositories and images.", Example("50Gi")] = 20 * 2**30
    runners: Annotated[k.Count, "How many jobs run at once.", Example("2")] = 1


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
    volumes: Annotated[
        Volumes,
        "Where volumes lie: on the node that they began on, or with Longhorn on two. That costs"
        " an eighth of each node's cores, and every write goes over the network.",
        Example("longhorn"),
    ] = Volumes.LOCAL
