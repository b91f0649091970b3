"""The fixtures of lanes 2 and 3."""

from __future__ import annotations

from lanes.fixtures import _cluster, _server, cluster, control_plane, controllers, server

__all__ = ["_cluster", "_server", "cluster", "control_plane", "controllers", "server"]
