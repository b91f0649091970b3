"""Where things of K3s lie on a node. Strings alone: nothing here looks."""

from __future__ import annotations

from rackhouse.rack.values import Release
from rackhouse.resources.core import Id

ETC = "/etc/rancher/k3s"
DATA = "/var/lib/rancher/k3s"
LIB = "/usr/local/lib/rackhouse/k3s"
COMMAND = "/usr/local/bin/k3s"  # what people type; the units name the release's own program
SCRIPT, FAREWELL = f"{LIB}/node", f"{LIB}/farewell"
LEFT = f"{DATA}/rackhouse-left"  # a server that is no member any more, until it is wiped
UNITS = "/etc/systemd/system"

TOKEN, AGENT_TOKEN = f"{ETC}/token", f"{ETC}/agent-token"
MANIFESTS, IMAGES = f"{DATA}/server/manifests", f"{DATA}/agent/images"
KUBELET = f"{DATA}/agent/etc/kubelet.conf.d"
SERVER_KUBECONFIG = f"{ETC}/k3s.yaml"
AGENT_KUBECONFIG = f"{DATA}/agent/kubelet.kubeconfig"


def program(release: Release) -> str:
    """Each release lies beside the last: a crash in mid-upgrade starts the one that ran."""
    return f"{LIB}/{release}/k3s"


def on(node: str, kind: str, name: str) -> Id:
    """`host.pi-1/file/k3s-config`."""
    return Id(f"host.{node}", kind, name)
