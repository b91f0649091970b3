"""How an API server answers: how fast, at which time by its clock, until when it is vouched for."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx
from cryptography import x509

from rackhouse.targets.kube import wire
from rackhouse.targets.kube.kubeconfig import Access
from rackhouse.targets.kube.trouble import silence

_PATIENCE = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitals:
    """`seconds` for one answer on an open connection; `ahead` seconds of its clock before ours;
    when its certificate and ours end, None where there is none.
    """

    seconds: float
    ahead: float
    server_ends: datetime | None = None
    mine_ends: datetime | None = None


async def vitals(access: Access) -> Vitals:
    """Asked twice, since the first answer waits for the connection. Unavailable."""
    try:
        async with wire.client(access, at_once=1, patience=_PATIENCE) as http:
            named = wire.named(access)
            await http.get("/version", extensions=named)
            start = time.monotonic()
            answer = await http.get("/version", extensions=named)
            seconds = time.monotonic() - start
        ends = await _server_ends(access)
    except (httpx.HTTPError, OSError, TimeoutError) as error:
        raise silence(error, access) from error
    ahead = _ahead(answer.headers.get("date", ""), time.time())
    return Vitals(
        seconds=seconds, ahead=ahead, server_ends=ends, mine_ends=_ends(access.certificate)
    )


async def _server_ends(access: Access) -> datetime | None:
    url = httpx.URL(access.server)
    if url.scheme != "https":
        return None
    async with asyncio.timeout(_PATIENCE):
        _, writer = await asyncio.open_connection(
            url.host,
            url.port or 443,
            ssl=wire.trust(access),
            server_hostname=access.server_name or url.host,
        )
    try:
        shown = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    finally:
        writer.close()
    return x509.load_der_x509_certificate(shown).not_valid_after_utc


def _ends(certificate: str) -> datetime | None:
    if not certificate:
        return None
    return x509.load_pem_x509_certificate(certificate.encode()).not_valid_after_utc


def _ahead(date: str, now: float) -> float:
    """A server says whole seconds, so a second is no difference."""
    try:
        difference = parsedate_to_datetime(date).astimezone(UTC).timestamp() - now
    except ValueError:
        return 0.0
    return 0.0 if abs(difference) <= 2 else difference
