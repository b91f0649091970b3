"""Whether a password fits the verifier that PostgreSQL keeps of it (RFC 5803). Pure."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re

_VERIFIER = re.compile(r"SCRAM-SHA-256\$(\d+):([^$]+)\$([^:]+):(.+)")


def fits(verifier: str, password: str) -> bool:
    """False too for a verifier of another kind, or none."""
    match = _VERIFIER.fullmatch(verifier)
    if match is None:
        return False
    salt, stored = base64.b64decode(match[2]), base64.b64decode(match[3])
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, int(match[1]))
    client = hmac.digest(salted, b"Client Key", "sha256")
    return hmac.compare_digest(hashlib.sha256(client).digest(), stored)
