"""Who is asking: the signed subject that the ingress hands to an application that asks for it.

The console signs (`console/identity.py`), a first-party service verifies here. A service keys every
row by `Subject.name` and believes nothing but the verified token: a header alone may be a lie.
Must not know what an application is for, nor fetch keys: give it the key set of
`https://<console>/.well-known/jwks.json`, or the rack's public key in PEM.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jwt

from rackhouse.kit.errors import Refused

ALGORITHM = "EdDSA"
SUBJECT_HEADER = "Rackhouse-Subject"  # for logs and greetings; not proof of anything
IDENTITY_HEADER = "Rackhouse-Identity"  # the token that `verify` reads
LEEWAY = 30.0  # seconds that two clocks may differ
CLAIMS = ("iss", "sub", "aud", "exp", "iat", "jti")

KeySet = Mapping[str, Any]  # a JSON Web Key Set: {"keys": [{"kty": "OKP", "kid": ...}]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A person, as one application may know them. `expires` is in Unix seconds."""

    name: str  # "owner"
    issuer: str  # the rack
    application: str
    token: str  # its `jti`: differs with every request
    expires: float


def verify(token: str, keys: KeySet | str, audience: str, *, issuer: str = "") -> Subject:
    """The subject of a `Rackhouse-Identity` token made for the application `audience`.

    `keys` is a key set or one public key in PEM; `issuer`, when given, must match the rack's name.
    Raises Refused, with the reason and never with the token, when it is not valid.
    """
    try:
        claims = jwt.decode(
            token,
            _key(token, keys),
            algorithms=[ALGORITHM],
            audience=audience,
            issuer=issuer or None,
            leeway=LEEWAY,
            options={"require": list(CLAIMS), "strict_aud": True},
        )
    except jwt.PyJWTError as error:
        raise Refused(
            f"the identity is not valid: {str(error).lower()}",
            fix="sign in again; if it stays, compare this machine's clock with the rack's",
        ) from None
    return Subject(
        name=claims["sub"],
        issuer=claims["iss"],
        application=claims["aud"],
        token=claims["jti"],
        expires=float(claims["exp"]),
    )


def _key(token: str, keys: KeySet | str) -> jwt.PyJWK | str:
    if isinstance(keys, str):
        return keys
    wanted = jwt.get_unverified_header(token).get("kid")
    for key in jwt.PyJWKSet.from_dict(dict(keys)).keys:
        if key.key_id == wanted:
            return key
    raise jwt.InvalidKeyError("it is signed with a key that is not in the set")
