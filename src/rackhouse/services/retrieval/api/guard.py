"""Who asks: an application, by the key that it shows."""

from __future__ import annotations

from starlette.requests import Request

from rackhouse.services.retrieval.service.tenants import Tenants


class Guard:
    """The key stands in a header, never in an address, which logs keep."""

    def __init__(self, tenants: Tenants) -> None:
        self._tenants = tenants

    def tenant(self, request: Request) -> str:
        """Whose key it is. Unauthorized."""
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        return self._tenants.named(key.strip() if scheme.lower() == "bearer" else "")
