"""The script that a node runs about itself: `node guard|ready|leave|return|save`. POSIX sh.

It speaks to the cluster with what the node has anyway: a server with the administrator's file, an
agent as its own kubelet, which may cordon itself, evict its own pods and, by a role of ours
(`manifests`), read daemon sets. Where the API does not answer, `leave` lets the restart happen: it
may be what mends it.
"""

from __future__ import annotations

from dataclasses import dataclass

from rackhouse.desired.k3s.config import API
from rackhouse.desired.k3s.layout import Layout
from rackhouse.desired.k3s.paths import (
    AGENT_KUBECONFIG,
    COMMAND,
    DATA,
    LEFT,
    SERVER_KUBECONFIG,
)
from rackhouse.rack.model import Node
from rackhouse.rack.words import Role

GRACE = 600  # seconds that a drain waits: the sum of what pods ask for, and budgets that hold it up


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """What differs from node to node. `others` are the API addresses of the other servers, for a
    server, as HOST:PORT, and `servers` their names. The founder `saves` the cluster's state before
    an upgrade, and `begins` a cluster where it finds no data.
    """

    node: str
    kubeconfig: str
    others: tuple[str, ...] = ()
    servers: tuple[str, ...] = ()
    saves: bool = False
    begins: bool = False
    alone: bool = False
    data: str = DATA
    command: str = COMMAND

    @classmethod
    def of(cls, layout: Layout, node: Node) -> Script:
        """For a node of a cluster."""
        servers = [each for each in layout.servers if each.name != node.name]
        others = tuple(f"{each.address}:{API}" for each in servers)
        server = node.role == Role.SERVER
        return cls(
            node=node.name,
            kubeconfig=SERVER_KUBECONFIG if server else AGENT_KUBECONFIG,
            others=others if server else (),  # an agent's kubelet knows every server
            servers=tuple(each.name for each in servers) if server else (),
            saves=node is layout.founder,
            begins=node is layout.founder and layout.etcd,
            alone=layout.alone,
        )

    @property
    def text(self) -> str:
        """The script."""
        settings = {
            "node": self.node,
            "kubeconfig": self.kubeconfig,
            "others": " ".join(self.others),
            "servers": " ".join(self.servers),
            "saves": "yes" if self.saves else "",
            "begins": "yes" if self.begins else "",
            "alone": "yes" if self.alone else "",
            "data": self.data,
            "left": LEFT,
            "k3s": self.command,
            "grace": str(GRACE),
        }
        lines = "".join(f"{name}='{value}'\n" for name, value in settings.items())
        return _SCRIPT.replace("SETTINGS\n", lines)


_SCRIPT = """\
#!/bin/sh
# Rackhouse: what this node says and does about its own place in the cluster.
set -eu
SETTINGS
mark=$data/rackhouse-cordoned

kubectl() { "$k3s" kubectl --kubeconfig "$kubeconfig" "$@"; }
field() { kubectl --request-timeout=5s get node "$node" -o "jsonpath={$1}"; }
minor() { echo "${1%%+*}" | cut -d. -f2; }

# A server that has left must not come back as another member, and a founder without data must not
# begin a second cluster beside one that runs.
guard() {
    [ ! -e "$left" ] || { echo "$node has left its cluster: apply goes on with it" >&2; exit 1; }
    [ -n "$begins" ] && [ ! -e "$data/server/db" ] || return 0
    for other in $others; do
        if timeout 3 bash -c ": < /dev/tcp/${other%:*}/${other#*:}" 2> /dev/null; then
            echo "a server answers at $other, and this one has no data: it would begin another" \\
                "cluster. Write that server first in the cluster's nodes: this one joins it." >&2
            exit 1
        fi
    done
}

# ready VERSION: the API answers here, and this node is Ready with that version.
ready() {
    case $kubeconfig in
        */k3s.yaml) kubectl --request-timeout=5s get --raw=/readyz > /dev/null ;;
    esac
    runs=$(field .status.nodeInfo.kubeletVersion)
    [ "$runs" = "$1" ] || { echo "$node runs $runs, not $1"; exit 1; }
    kubectl wait --for=condition=Ready "node/$node" --timeout=3s
}

# No server leaves while another is away and they would be no majority without it. One that has left
# the rack file is not waited for, and one that is away itself has nothing to lose.
spare() {
    [ -n "$servers" ] && is_ready "$node" 3 || return 0
    all=1 up=0 away=
    for each in $(kubectl get nodes -l node-role.kubernetes.io/control-plane=true -o name); do
        each=${each#node/}
        case " $servers " in *" $each "*) ;; *) continue ;; esac
        all=$((all + 1))
        if is_ready "$each" 20; then
            up=$((up + 1))
        elif [ -z "$(kubectl get node "$each" --ignore-not-found -o name)" ]; then
            all=$((all - 1))  # deleted meanwhile
        else
            away="$away $each"
        fi
    done
    if [ -n "$away" ] && [ $((up * 2)) -le "$all" ]; then
        echo "not ready:$away. With $node away too the cluster would lose its majority: bring" \\
            "that server back first, or take it out of the rack file." >&2
        exit 1
    fi
}

is_ready() { kubectl wait --for=condition=Ready "node/$1" --timeout="${2}s" > /dev/null 2>&1; }

# leave VERSION: save the state before another version, take no more work, and for another minor
# give away what there is: a kubelet may not be replaced by one of another minor under its pods.
leave() {
    if ! runs=$(field .status.nodeInfo.kubeletVersion); then
        echo "the cluster does not answer: restarting without leaving it"
        return 0
    fi
    spare
    [ "$runs" = "$1" ] || [ -z "$saves" ] || save "before-leaving-$(echo "$runs" | tr + -)"
    [ -z "$alone" ] || return 0
    [ -e "$mark" ] || [ "$(field .spec.unschedulable)" = true ] || : > "$mark"
    kubectl cordon "$node"
    [ "$(minor "$runs")" = "$(minor "$1")" ] ||
        kubectl drain "$node" --ignore-daemonsets --delete-emptydir-data --timeout="${grace}s"
}

# save NAME: of etcd a snapshot as K3s makes them; of SQLite, of which it makes none, a copy.
save() {
    if [ -e "$data/server/db/etcd" ]; then
        "$k3s" etcd-snapshot save --name "$1"
        return
    fi
    if ! python3 -c 'import sqlite3' 2> /dev/null; then
        echo "copying the cluster's state takes sqlite3 for Python: apt install python3" >&2
        exit 1
    fi
    mkdir -p -m 700 "$data/server/db/snapshots"
    python3 - "$data/server/db/state.db" "$data/server/db/snapshots/$1.db" << 'END'
import os, sqlite3, sys
source, target = sys.argv[1:]
os.close(os.open(target + ".new", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
with sqlite3.connect(target + ".new") as draft:
    sqlite3.connect(f"file:{source}?mode=ro", uri=True).backup(draft)
os.replace(target + ".new", target)
print(f"Snapshot {target} saved.")
END
}

# return: take work again, unless a person had said otherwise before. Where K3s is not up again,
# another server is asked.
return_() {
    [ -e "$mark" ] || return 0
    tries=0
    until uncordon; do
        tries=$((tries + 1))
        [ "$tries" -lt 15 ] || { echo "$node stays cordoned: k3s kubectl uncordon $node"; exit 1; }
        sleep 2
    done
    rm -f "$mark"
}

uncordon() {
    kubectl --request-timeout=5s uncordon "$node" && return
    for other in $others; do
        kubectl --request-timeout=5s --server="https://$other" uncordon "$node" && return
    done
    return 1
}

case ${1-} in
    guard) guard ;;
    ready) ready "$2" ;;
    leave) leave "$2" ;;
    return) return_ ;;
    save) save "$2" ;;
    *) echo "usage: $0 guard|ready VERSION|leave VERSION|return|save NAME" >&2; exit 64 ;;
esac
"""
