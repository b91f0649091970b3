"""The systemd units of K3s, written by us: a server's, an agent's, and never one for the other."""

from __future__ import annotations

from rackhouse.desired.k3s.layout import Layout
from rackhouse.desired.k3s.paths import SCRIPT, program
from rackhouse.rack.model import Node
from rackhouse.rack.words import Role

# Seconds in which an agent joins and unpacks its images from a card. One whose token is refused
# would try for ever; a server, which may have a datastore to mend, is never cut short.
AGENT_LIMIT = 600


def unit(layout: Layout, node: Node) -> str:
    """As K3s's own installer writes it, without its environment files: config.yaml says it all."""
    server = node.role == Role.SERVER
    guard = f"ExecStartPre={SCRIPT} guard\n" if server else ""
    start = f"{program(layout.setup.version)} {'server' if server else 'agent'}"
    what, limit = ("server", 0) if server else ("agent", AGENT_LIMIT)
    return _UNIT.format(what=what, guard=guard, start=start, limit=limit)


# KillMode=process: containers live through a restart of K3s. Ready when it says so (notify).
_UNIT = """\
# Rackhouse
[Unit]
Description=K3s {what}
Documentation=https://docs.k3s.io
Wants=network-online.target
After=network-online.target

[Service]
Type=notify
{guard}ExecStart={start}
KillMode=process
Delegate=yes
LimitNOFILE=1048576
LimitNPROC=infinity
LimitCORE=infinity
TasksMax=infinity
TimeoutStartSec={limit}
Restart=always
RestartSec=5s

[Install]
WantedBy=multi-user.target
"""
