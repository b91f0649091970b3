"""`/admin/quality`: how well each upstream answers, by task class, and the curve of cost and
quality. In the form of `model.quality`.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from rackhouse.services.gateway.api.admin.asked import told
from rackhouse.services.gateway.service.seams import Quality


class Measured:
    """What one gateway knows, and the replicas that share its database."""

    def __init__(self, quality: Quality) -> None:
        self._quality = quality

    async def report(self, _: Request) -> Response:
        """All of it."""
        return told(self._quality.report())
