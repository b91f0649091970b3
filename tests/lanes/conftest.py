"""The fixtures of lanes 2 and 3."""

from __future__ import annotations

from lanes.fixtures import _server, control_plane

__all__ = ["_server", "control_plane"]
