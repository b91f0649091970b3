"""Passwords and key pairs, from the system's own randomness. Keeps nothing."""

from __future__ import annotations

import secrets
import string
from collections.abc import Mapping

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

_ALPHABET = string.ascii_letters + string.digits  # needs no quoting in a URL, a shell or a file


def password(length: int) -> Mapping[str, str]:
    """`value`: `length` characters of [A-Za-z0-9], 5.95 bits each."""
    return {"value": "".join(secrets.choice(_ALPHABET) for _ in range(length))}


def signer() -> Mapping[str, str]:
    """`private` and `public`: an Ed25519 key pair in PEM (PKCS 8, SubjectPublicKeyInfo)."""
    key = Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return {"private": to_pem(key), "public": public.decode()}


def to_pem(key: PrivateKeyTypes) -> str:
    """A private key as PKCS 8, unencrypted: the store that keeps it is 0600."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
