"""How a node leaves its cluster for good: `farewell depart|wipe SERVICE`. POSIX sh, as text.

`depart` is run while K3s still runs there, `wipe` when it no longer does. Both may be repeated.
What is ours (settings, the token, the program) is left to the plan.
"""

from __future__ import annotations

from rackhouse.desired.k3s.config import API
from rackhouse.desired.k3s.layout import Layout, service
from rackhouse.desired.k3s.paths import (
    AGENT_KUBECONFIG,
    COMMAND,
    DATA,
    FAREWELL,
    LEFT,
    SERVER_KUBECONFIG,
    on,
)
from rackhouse.desired.k3s.script import GRACE
from rackhouse.rack.model import Node
from rackhouse.rack.words import Role
from rackhouse.resources.core import Id, Resource
from rackhouse.resources.host import Farewell

KEPT = "/var/lib/rackhouse/k3s"  # the state of a cluster whose last server left, volumes of pods


def departure(layout: Layout, node: Node) -> Resource[Farewell]:
    """Leaves before the unit does. Servers go one after the other, the founder last."""
    at = layout.nodes.index(node)
    before = layout.nodes[at - 1] if at and node.role == Role.SERVER else None
    chain = {_departure(before)} if before else set()
    return Resource(
        id=_departure(node),
        spec=Farewell((FAREWELL, "depart", service(node))),
        needs=frozenset({layout.unit(node), on(node.name, "file", "k3s-farewell"), *chain}),
    )


def wiping(node: Node) -> Resource[Farewell]:
    """Leaves after the unit, which needs it; and before another role's data comes there."""
    return Resource(
        id=on(node.name, "farewell", f"{service(node)}-data"),
        spec=Farewell((FAREWELL, "wipe", service(node))),
        needs=frozenset({on(node.name, "file", "k3s-farewell"), on(node.name, "folder", "k3s")}),
        claims=frozenset({f"k3s-data:{node.name}"}),
    )


def farewell(layout: Layout, node: Node) -> str:
    """The script."""
    others = " ".join(f"{s.address}:{API}" for s in layout.servers if s.name != node.name)
    settings = {
        "node": node.name,
        "others": others,
        "data": DATA,
        "kept": KEPT,
        "left": LEFT,
        "k3s": COMMAND,
        "server": SERVER_KUBECONFIG,
        "agent": AGENT_KUBECONFIG,
        "grace": str(GRACE),
    }
    lines = "".join(f"{name}='{value}'\n" for name, value in settings.items())
    return _SCRIPT.replace("SETTINGS\n", lines)


def _departure(node: Node) -> Id:
    return on(node.name, "farewell", f"{service(node)}-departs")


_SCRIPT = """\
#!/bin/sh
# Rackhouse: how this node leaves its cluster for good.
set -eu
SETTINGS
kubectl() { "$k3s" kubectl --kubeconfig "$kubeconfig" "$@"; }

# Give away what runs here; a server also its vote, by another server and while its own is there:
# of two servers, none could take the other's away afterwards.
depart() {
    kubeconfig=$agent
    [ "$1" != k3s ] || kubeconfig=$server
    [ -e "$kubeconfig" ] || return 0  # it never came so far
    knows "$1" || return 0
    if [ "$1" = k3s ] && ! votes; then
        echo "the last server leaves: its state goes to $kept"
        return 0
    fi
    kubectl cordon "$node"
    kubectl drain "$node" --ignore-daemonsets --delete-emptydir-data --timeout="${grace}s"
    [ "$1" = k3s ] || return 0
    : > "$left"  # it would come back as a new member with its next start
    for other in $others; do
        kubectl --request-timeout=120s --server="https://$other" delete node "$node" && return 0
    done
    rm -f "$left"
    echo "no other server could delete $node" >&2
    exit 1
}

# Whether the cluster answers, and knows this node. A server that runs and is not answered keeps its
# vote, since nobody can say whether the others could go on without it.
knows() {
    tries=0
    until there=$(kubectl --request-timeout=10s get node "$node" --ignore-not-found -o name); do
        if ! systemctl is-active --quiet "$1"; then
            echo "$1 does not run: leaving without asking the cluster"
            return 1
        fi
        tries=$((tries + 1))
        [ "$tries" -lt 5 ] || break
        sleep 2
    done
    if [ "$tries" -lt 5 ]; then
        [ -n "$there" ]
        return
    fi
    [ "$1" = k3s ] || return 1
    echo "the cluster does not answer, so $node cannot give its vote away" >&2
    echo "bring more than half of its servers up; or stop k3s here, if all of it is to go" >&2
    exit 1
}

# Whether there are other servers; ends it all where too few of them are up.
votes() {
    all=0 up=0
    rows=$(kubectl --request-timeout=10s get nodes --no-headers \\
        -l node-role.kubernetes.io/control-plane=true)
    while read -r name state _; do
        case $name in ""|"$node") continue ;; esac
        all=$((all + 1))
        case $state in Ready*) up=$((up + 1)) ;; esac
    done << END
$rows
END
    [ "$all" -gt 0 ] || return 1
    [ $((up * 2)) -gt "$all" ] && return 0
    echo "only $up of the other $all servers are up: without $node there is no majority" >&2
    exit 1
}

# As k3s-killall.sh and k3s-uninstall.sh do, but for what is not K3s's own: other disks and network
# shares that are mounted below, rules of other programs, files that the plan has put there.
wipe() {
    if systemctl is-active --quiet "$1"; then
        echo "$1 still runs" >&2
        exit 1
    fi
    PATH=$PATH:$data/data/current/bin:$data/data/current/bin/aux
    end_containers
    unmount
    for link in cni0 flannel.1 flannel-v6.1 flannel-wg flannel-wg-v6 kube-ipvs0; do
        ip link delete "$link" 2> /dev/null || true
    done
    forget_rules iptables
    forget_rules ip6tables
    put_aside
    rm -rf --one-file-system /run/k3s /run/flannel /var/lib/cni /var/lib/kubelet \\
        /etc/rancher/node "$server"
    if [ -d "$data" ]; then
        find "$data" -xdev ! -type d ! -path "$data/agent/images/*" \\
            ! -name '*rackhouse*.yaml' ! -name 50-rackhouse.conf -delete
        find "$data" -xdev -mindepth 1 -depth -type d -empty -delete
    fi
}

# Containers live on when K3s stops. When the first process of one ends, all of it does.
end_containers() {
    for process in /proc/[0-9]*; do
        case $(tr '\\0' ' ' 2> /dev/null < "$process/cmdline") in
            "$data"/data/*/bin/containerd-shim*) ;;
            *) continue ;;
        esac
        shim=${process#/proc/}
        children=$(grep -ls "^PPid:[[:space:]]*$shim\\$" /proc/[0-9]*/status | cut -d/ -f3) || true
        kill -9 "$shim" $children 2> /dev/null || true
    done
}

unmount() {
    while read -r _ path _; do
        case $path in
            /run/k3s/*|/run/netns/cni-*|/var/lib/kubelet/pods/*|/var/lib/kubelet/plugins/*)
                echo "$path" ;;
        esac
    done < /proc/self/mounts | sort -r | while read -r path; do
        umount "$(printf %b "$path")" || exit 1
    done
    rm -f /run/netns/cni-*
}

forget_rules() {
    command -v "$1-save" > /dev/null || return 0
    rules=$("$1-save")
    case $rules in *KUBE-*|*CNI-*|*flannel*) ;; *) return 0 ;; esac
    echo "$rules" | grep -v KUBE- | grep -v CNI- | grep -iv flannel | "$1-restore"
}

# What cannot be made again: volumes of pods; and the whole state, unless other servers have it.
put_aside() {
    [ -e "$left" ] || [ ! -e "$data/server/db" ] || aside server
    [ -z "$(ls -A "$data/storage" 2> /dev/null)" ] || aside storage
}

aside() {
    mkdir -p -m 700 "$kept"
    to=$kept/$1-$(date +%Y%m%d-%H%M%S)
    mv "$data/$1" "$to"
    echo "kept: $to"
}

case ${1-} in
    depart) depart "$2" ;;
    wipe) wipe "$2" ;;
    *) echo "usage: $0 depart|wipe SERVICE" >&2; exit 64 ;;
esac
"""
