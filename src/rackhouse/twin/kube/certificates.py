"""A certificate for the loopback, and who vouches for it. Of this run alone, worth nothing else."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from rackhouse.kit.certificates import begun, certificate_pem, common_name, key_pem, usage

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Certificate:
    """All three are PEM."""

    authority: str
    chain: str
    key: str


def make(now: datetime, *, expired: bool = False) -> Certificate:
    """For 127.0.0.1 and localhost, good for a day, or until yesterday."""
    authority = ec.generate_private_key(ec.SECP256R1())
    issuer = common_name("rackhouse twin")
    own = (
        begun(issuer, issuer, authority.public_key(), now - 3 * _DAY, now + 3 * _DAY)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage(authority=True), critical=True)
        .sign(authority, hashes.SHA256())
    )
    key = ec.generate_private_key(ec.SECP256R1())
    until = now - _DAY if expired else now + _DAY
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    leaf = (
        begun(common_name("127.0.0.1"), issuer, key.public_key(), now - 2 * _DAY, until)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key()),
            critical=False,
        )
        .sign(authority, hashes.SHA256())
    )
    return Certificate(certificate_pem(own), certificate_pem(leaf), key_pem(key))
