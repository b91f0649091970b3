"""As whom the nodes of a cluster pull from its own registry. What both sides of that name.

A vault of its own: a plan about machines alone and one about clusters alone both have all of it.
"""

from __future__ import annotations

from typing import Any

from rackhouse.resources.core import Id, Resource
from rackhouse.resources.place import Place
from rackhouse.resources.vault import Password

VAULT = Place(name="registry", kind="vault")
PULLER = "puller"  # an account of Gitea's that reads its packages, and nothing else


def password_of(cluster: str) -> Id:
    """`registry/secret/home`."""
    return Id(VAULT.name, "secret", cluster)


def password(cluster: str) -> Resource[Any]:
    """It is chosen before Gitea is there, so that K3s need not be told of it later."""
    return Resource(id=password_of(cluster), spec=Password(), keep=True)
