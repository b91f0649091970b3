"""Passwords and key pairs, from the system's own randomness. Keeps nothing."""

from __future__ import annotations

import secrets
import string
from collections.abc import Mapping

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from rackhouse.kit.certificates import key_pem

_ALPHABET = string.ascii_letters + string.digits  # needs no quoting in a URL, a shell or a file


def password(length: int) -> Mapping[str, str]:
    """`value`: `length` characters of [A-Za-z0-9], 5.95 bits each."""
    return {"value": "".join(secrets.choice(_ALPHABET) for _ in range(length))}


def signer() -> Mapping[str, str]:
    """`private` and `public`: an Ed25519 key pair in PEM (PKCS 8, SubjectPublicKeyInfo)."""
    key = Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return {"private": key_pem(key), "public": public.decode()}
