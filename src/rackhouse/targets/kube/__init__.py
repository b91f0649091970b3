"""The targets `kube.<cluster>`: the objects of one cluster, by server-side apply (ADR 0021).

target      what is there, making what is not    kubeconfig  how the server is reached
removal     what leaves, and never more          server      requests, answers, pages
rollback    back to what was before              kinds       where each kind is found
waiting     until ready or gone, with reasons    manifest    our marks on a thing
reasons     asks pods, events, logs, nodes       fields      which fields are ours
wire        connections, and whom we believe      logs        what containers say, followed
ready, pods status -> words                      drift       what was changed by hand
words       refusals -> errors                   trouble     no answer -> errors
"""

from __future__ import annotations

from collections.abc import Mapping

from rackhouse.kit.paths import Paths
from rackhouse.store.protocol import Store
from rackhouse.targets.fingerprint import Fingerprint
from rackhouse.targets.kube.kubeconfig import read
from rackhouse.targets.kube.server import Server
from rackhouse.targets.kube.target import Kube

__all__ = ["Kube", "open_target"]


def open_target(
    name: str,
    address: Mapping[str, str],
    *,
    rack: str,
    paths: Paths,  # noqa: ARG001  what it knows of an object is on the object
    store: Store,
) -> Kube:
    """The cluster of `context` (none: the current one) in `kubeconfig`, the text of one."""
    access = read(address["kubeconfig"], address.get("context", ""))
    return Kube(
        name, rack=rack, server=Server(access), fingerprint=Fingerprint(store), texts=store.text_of
    )
