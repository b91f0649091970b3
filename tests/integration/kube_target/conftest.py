"""The fixture of a real API server."""

from __future__ import annotations

from lanes.fixtures import _server, control_plane

__all__ = ["_server", "control_plane"]
