"""X.509: this rack's own authority, and the certificates that it issues. Pure but for randomness.

An authority that a person's browser trusts is a danger in itself, so it is bound by name
constraints: to the rack's domains, localhost and private addresses (RFC 5280, 4.2.1.10). OpenSSL,
Python, curl, git (GnuTLS), Node and Chromium obey them: `tests/integration/machine/test_trust.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from rackhouse.kit.certificates import begun, certificate_pem, common_name, key_pem, usage
from rackhouse.resources.vault import Authority

_AUTHORITY_LIFE = timedelta(days=3652)
_RENEW = timedelta(days=30)
_SLACK = timedelta(days=1)  # clocks of two machines of a home may differ
_PRIVATE = (
    *("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"),
    *("100.64.0.0/10", "::1/128", "fc00::/7", "fe80::/10"),
)


@dataclass(frozen=True)
class Issuer:
    """An authority's certificate and key, both PEM."""

    certificate: str
    key: str

    @cached_property
    def parsed(self) -> x509.Certificate:
        """The certificate."""
        return _parse(self.certificate)

    @cached_property
    def private(self) -> ec.EllipticCurvePrivateKey:
        """The key."""
        key = load_pem_private_key(self.key.encode(), None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)  # `authority` makes no other
        return key


def authority(spec: Authority, now: datetime) -> Mapping[str, str]:
    """`certificate` and `key`: a new authority for ten years."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = common_name(spec.common_name)
    builder = (
        begun(name, name, key.public_key(), now - _SLACK, now + _AUTHORITY_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage(authority=True), critical=True)
    )
    if limits := _limits(spec):
        builder = builder.add_extension(x509.NameConstraints(limits, None), critical=True)
    return {"certificate": certificate_pem(builder.sign(key, hashes.SHA256())), "key": key_pem(key)}


def authority_fits(kept: Mapping[str, str], spec: Authority, now: datetime) -> bool:
    """Whether the authority that is there is the one that `spec` asks for, and lasts."""
    if not kept or why_replace(kept["certificate"], now):
        return False
    certificate = _parse(kept["certificate"])
    name = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value
    return name == spec.common_name and _read_limits(certificate) == _limits(spec)


def issue(names: tuple[str, ...], issuer: Issuer, days: int, now: datetime) -> Mapping[str, str]:
    """`certificate` (the chain) and `key`: for `names`, each a DNS name or an IP address."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = common_name("Rackhouse on this machine")
    end = min(now + timedelta(days=days), issuer.parsed.not_valid_after_utc)
    authority_id = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.private.public_key())
    certificate = (
        begun(subject, issuer.parsed.subject, key.public_key(), now - _SLACK, end)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage(authority=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(authority_id, critical=False)
        .add_extension(x509.SubjectAlternativeName(map(_general, names)), critical=False)
        .sign(issuer.private, hashes.SHA256())
    )
    return {"certificate": certificate_pem(certificate) + issuer.certificate, "key": key_pem(key)}


def fits(kept: Mapping[str, str], names: tuple[str, ...], issuer: Issuer, now: datetime) -> bool:
    """Whether the certificate that is there is for `names`, by `issuer`, and lasts."""
    if not kept or why_renew(kept["certificate"], now):
        return False
    certificate = _parse(kept["certificate"])
    alternative = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    if set(alternative.value) != set(map(_general, names)):
        return False
    try:
        certificate.verify_directly_issued_by(issuer.parsed)
    except (ValueError, InvalidSignature):
        return False
    return True


def why_renew(pem: str, now: datetime) -> str:
    """Why the certificate must be issued anew; empty while it is good.

    The last 30 days of its life, or the last third of a short one.
    """
    certificate = _parse(pem)
    start, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if now < start:
        return f"it is valid from {start:%Y-%m-%d} on: this machine's clock went back"
    if end - now < min(_RENEW, (end - start) / 3):
        return f"it {'expires' if now < end else 'expired'} on {end:%Y-%m-%d}"
    return ""


def why_replace(pem: str, now: datetime) -> str:
    """Why an authority must be replaced. A clock that went back is no reason: people trust it."""
    certificate = _parse(pem)
    return "" if now < certificate.not_valid_before_utc else why_renew(pem, now)


def _limits(spec: Authority) -> list[x509.GeneralName]:
    if not spec.domains:
        return []
    domains = dict.fromkeys((*spec.domains, "localhost"))
    networks = [x509.IPAddress(ip_network(network)) for network in _PRIVATE]
    return [*map(x509.DNSName, domains), *networks]


def _read_limits(certificate: x509.Certificate) -> list[x509.GeneralName]:
    try:
        found = certificate.extensions.get_extension_for_class(x509.NameConstraints)
    except x509.ExtensionNotFound:
        return []
    return list(found.value.permitted_subtrees or ())


def _general(name: str) -> x509.GeneralName:
    try:
        address: IPv4Address | IPv6Address = ip_address(name)
    except ValueError:
        return x509.DNSName(name)
    return x509.IPAddress(address)


def _parse(pem: str) -> x509.Certificate:
    return x509.load_pem_x509_certificates(pem.encode())[0]
