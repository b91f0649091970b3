"""What is called how of a cluster that has joined: its target, and what leads to it."""

from __future__ import annotations

from rackhouse.resources.core import Id

KEYS = "clusters"  # the vault of kubeconfigs, apart from applications' secrets


def kubeconfig_id(cluster: str) -> Id:
    """`clusters/given/home`: the kubeconfig's text is its `value`."""
    return Id(KEYS, "given", cluster)


def place(cluster: str) -> str:
    """What the target of that cluster is called: `kube.home`."""
    return f"kube.{cluster}"


def previews(rack: str) -> str:
    """Who stamps what is of a preview: no plan of the rack is about it. No rack has a dot."""
    return f"{rack}.previews"
