"""Connections to upstreams: to one's own machines, and to the world outside, where no address of
the inside is reached whatever its name says, nor the next time that it is looked up.
"""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from rackhouse.services.gateway.clients.http import pool
from rackhouse.services.gateway.clients.http.pool import Pool
from rackhouse.services.gateway.model.config import Upstream

# Less than the five seconds after which uvicorn, and so vLLM, closes a connection that nobody uses:
# a request on one that is just being closed is lost. Outside, proxies keep them for a minute, and
# each new one costs the round trips of TLS.
KEPT = 4.0
_KEPT_OUTSIDE = 45.0
_INSIDE = "its address is inside, though it is neither local nor private"
_UNICAST = ipaddress.ip_network("2000::/3")  # all that was given out of IPv6 so far
_NAT64 = ipaddress.ip_network("64:ff9b::/96")  # an address of IPv4, from networks without it
_SPECIAL = tuple(map(ipaddress.IPv4Network, ("192.0.0.0/24", "192.88.99.0/24")))


@dataclass(slots=True)
class Sessions:
    """Two pools, and one context for each authority of the config."""

    own: Pool
    outside: Pool
    _contexts: dict[str, ssl.SSLContext] = field(default_factory=dict)

    def of(self, upstream: Upstream) -> Pool:
        """The pool that it belongs to."""
        return self.own if upstream.local or upstream.private else self.outside

    def trust(self, upstream: Upstream) -> ssl.SSLContext | None:
        """What its certificate is judged by, None being the usual authorities. ssl.SSLError for an
        authority that is no PEM.
        """
        if not upstream.authority:
            return None
        if upstream.authority not in self._contexts:
            context = ssl.create_default_context(cadata=upstream.authority)
            self._contexts[upstream.authority] = context
        return self._contexts[upstream.authority]


@asynccontextmanager
async def opened() -> AsyncIterator[Sessions]:
    """Both pools, closed behind."""
    async with (
        pool.opened(Pool(KEPT)) as own,
        pool.opened(Pool(_KEPT_OUTSIDE, is_outside, _INSIDE)) as outside,
    ):
        yield Sessions(own, outside)


def is_outside(address: str) -> bool:
    """Whether it is reached over the Internet alone."""
    parsed = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(parsed, ipaddress.IPv6Address):
        within = parsed.ipv4_mapped or (_translated(parsed) if parsed in _NAT64 else None)
        if within is None:
            return parsed in _UNICAST and parsed.is_global and parsed.sixtofour is None
        parsed = within
    return parsed.is_global and not (
        parsed.is_multicast or any(parsed in each for each in _SPECIAL)
    )


def _translated(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address:
    return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
