"""A cluster's certificates: one authority, and what it signs for servers and for whoever asks them.

Short-lived, for tests alone: nothing here is what the product hands out.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_LIFE = timedelta(days=1)
_NAMES = ("localhost", "kubernetes", "kubernetes.default.svc")
ADMINISTRATORS = "system:masters"


@dataclass(frozen=True)
class Pair:
    """A certificate and its key: PEM in files, as every program wants them."""

    certificate: Path
    key: Path


class Authority:
    """Signs, and leaves what it signed in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name("test", "")
        built = _builder(self._name, self._key.public_key(), self._name, _LIFE)
        constraint = x509.BasicConstraints(ca=True, path_length=0)
        self._own = built.add_extension(constraint, critical=True).sign(self._key, hashes.SHA256())
        self.file = folder / "ca.crt"
        self.file.write_bytes(self._own.public_bytes(Encoding.PEM))

    def server(self, name: str, *addresses: str) -> Pair:
        """For a program that listens on this machine, or at `addresses`."""
        where: list[x509.GeneralName] = list(map(x509.DNSName, _NAMES))
        where += [x509.IPAddress(ip_address(it)) for it in ("127.0.0.1", *addresses)]
        return self._signed(name, _name(name, ""), where, _LIFE)

    def client(self, user: str, group: str = "", life: timedelta = _LIFE) -> Pair:
        """For one who asks, as `user` of `group`. A negative life has ended."""
        return self._signed(user.replace(":", "-"), _name(user, group), [], life)

    def kubeconfig(
        self,
        file: str,
        server: str,
        user: str,
        group: str = "",
        *,
        life: timedelta = _LIFE,
        context: str = "lane",
    ) -> Path:
        """A file that leads to `server` as `user`, whole in itself as K3s writes it."""
        pair = self.client(user, group, life)
        cluster = {"server": server, "certificate-authority-data": _data(self.file)}
        who = {
            "client-certificate-data": _data(pair.certificate),
            "client-key-data": _data(pair.key),
        }
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": context, "cluster": cluster}],
            "users": [{"name": context, "user": who}],
            "contexts": [{"name": context, "context": {"cluster": context, "user": context}}],
            "current-context": context,
        }
        return _written(self.folder / file, yaml.safe_dump(config).encode())

    def key(self, name: str) -> Path:
        """A key alone: what service accounts' tokens are signed, and checked, with."""
        key = ec.generate_private_key(ec.SECP256R1())
        return _written(self.folder / name, _pem(key, PrivateFormat.TraditionalOpenSSL))

    def _signed(
        self, file: str, subject: x509.Name, where: list[x509.GeneralName], life: timedelta
    ) -> Pair:
        key = ec.generate_private_key(ec.SECP256R1())
        both = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
        built = _builder(subject, key.public_key(), self._name, life).add_extension(
            x509.ExtendedKeyUsage(both if where else both[1:]), critical=False
        )
        if where:
            built = built.add_extension(x509.SubjectAlternativeName(where), critical=False)
        made = built.sign(self._key, hashes.SHA256()).public_bytes(Encoding.PEM)
        return Pair(
            _written(self.folder / f"{file}.crt", made),
            _written(self.folder / f"{file}.key", _pem(key)),
        )


def _builder(
    subject: x509.Name, key: ec.EllipticCurvePublicKey, issuer: x509.Name, life: timedelta
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - 2 * _LIFE)
        .not_valid_after(now + life)
    )


def _name(common: str, organisation: str) -> x509.Name:
    parts = [x509.NameAttribute(NameOID.COMMON_NAME, common)]
    if organisation:
        parts.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation))
    return x509.Name(parts)


def _pem(key: ec.EllipticCurvePrivateKey, form: PrivateFormat = PrivateFormat.PKCS8) -> bytes:
    return key.private_bytes(Encoding.PEM, form, NoEncryption())


def _data(file: Path) -> str:
    return base64.b64encode(file.read_bytes()).decode()


def _written(file: Path, content: bytes) -> Path:
    file.touch(0o600)
    file.write_bytes(content)
    return file
