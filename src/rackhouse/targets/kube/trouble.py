"""Why an API server cannot be reached, in words: refused, unknown name, certificate, clock.

Looks at errors and certificates; asks nobody.
"""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from cryptography import x509

from rackhouse.kit.errors import RackhouseError, Unavailable
from rackhouse.kit.text import format_seconds
from rackhouse.targets.kube.kubeconfig import Access
from rackhouse.targets.kube.words import unknown_here

SKEW = 60.0  # seconds that clocks may differ: a token that is younger is "not yet valid"
_RENEW = "on K3s a restart of the server renews it: `rackhouse cluster rotate`"


def silence(error: Exception, access: Access) -> RackhouseError:
    """The error for a request that got no answer."""
    why, fix = _why(error, access)
    return Unavailable(f"the cluster's API server {why}", where=access.server, fix=fix)


def unauthorized(access: Access, date: str | None, now: float) -> RackhouseError:
    """The error for an answer 401: what is wrong with our side, where that can be seen."""
    skew = _skew(date, now)
    if access.certificate:
        mine = x509.load_pem_x509_certificate(access.certificate.encode())
        ended = mine.not_valid_after_utc
        if ended.timestamp() < now + max(skew, 0.0):
            return unknown_here(access.server, f"the certificate ended on {ended:%Y-%m-%d}")
    if abs(skew) > SKEW:
        which = "behind" if skew > 0 else "ahead of"
        why = f"the clock here is {format_seconds(abs(skew))} {which} the server's"
        return unknown_here(access.server, why)
    return unknown_here(access.server)


def _skew(date: str | None, now: float) -> float:
    """By how many seconds the server's clock is ahead of ours."""
    try:
        return parsedate_to_datetime(date or "").timestamp() - now
    except ValueError:
        return 0.0


def _why(error: Exception, access: Access) -> tuple[str, str]:
    chain = list(_chain(error))
    for each in chain:
        if isinstance(each, ssl.SSLCertVerificationError):
            return _certificate(each, access)
    for each in chain:
        if isinstance(each, socket.gaierror):
            name = re.sub(r"^https?://|:\d+$", "", access.server)
            return f"has a name that nobody knows: {name}", "is the DNS there, and the name right?"
        if isinstance(each, ConnectionRefusedError):
            fix = "is K3s running there (`systemctl status k3s`), and the port right?"
            return "refuses connections", fix
        if isinstance(each, ssl.SSLError):
            return (
                f"does not speak TLS as it should: {each.reason or each}",
                "is that an API server?",
            )
    silent = any(isinstance(each, TimeoutError) for each in chain)
    why = "does not answer in time" if silent else f"cannot be reached: {_said(chain)}"
    return why, "is that machine up, and is there a way to it from here?"


def _certificate(error: ssl.SSLCertVerificationError, access: Access) -> tuple[str, str]:
    match error.verify_code:
        case 10:
            return "has a certificate that has expired", _RENEW
        case 9:
            here = f"here it is {datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
            return f"has a certificate that is not yet valid; {here}", "set the clock that is wrong"
        case 62 | 64:
            fix = "name it by another address, or add this one to `tls-san` of the servers"
            return f"has a certificate for other names than {access.server}", fix
        case _:
            fix = "it may be another cluster: join with the kubeconfig that it has now"
            return "has a certificate of another authority than the kubeconfig names", fix


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _said(chain: list[BaseException]) -> str:
    words = [str(each) for each in chain if str(each)]
    return words[-1] if words else type(chain[0]).__name__
