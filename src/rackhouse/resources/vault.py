"""Specs of the target `vault`: values that we generate and others accept. Always `keep`."""

from __future__ import annotations

from dataclasses import dataclass

from rackhouse.resources.core import Text


@dataclass(frozen=True, slots=True)
class Password:
    """`vault/secret/<name>`. Output `value`: `length` characters of [A-Za-z0-9]."""

    length: int = 32


@dataclass(frozen=True, slots=True)
class Given:
    """`vault/given/<app>.<name>`: a secret that a person set (`rackhouse secret set`).

    Outputs `value`, and `json`: the same as it stands between the quotes of a JSON text.
    """

    application: str
    name: str


@dataclass(frozen=True, slots=True)
class Signer:
    """`vault/signer/<name>`: an Ed25519 key pair. Outputs `private`, `public` (both PEM)."""


@dataclass(frozen=True, slots=True)
class Authority:
    """`vault/authority/<name>`: a certificate authority. Outputs `certificate`, `key` (PEM).

    It can vouch for `domains`, what is below them, localhost and private addresses alone, so that a
    machine that trusts it is in no danger when its key is stolen. No domains: for any name.
    """

    common_name: str
    domains: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Certificate:
    """`vault/certificate/<name>`: issued by `authority`, for DNS names and IP addresses.

    Not ready when it expires within 30 days, so that any plan renews it. Outputs `certificate` (the
    chain) and `key` (PEM). One SAN per name: OpenSSL refuses `*.localhost`.
    """

    authority_certificate: Text
    authority_key: Text
    names: tuple[str, ...]
    days: int = 397


VaultSpec = Password | Given | Signer | Authority | Certificate
