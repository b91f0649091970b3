"""AWS Signature Version 4, in headers. Pure.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote

_REGION = "us-east-1"
_ALGORITHM = "AWS4-HMAC-SHA256"


@dataclass(frozen=True, slots=True)
class Key:
    """Who signs."""

    access: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is signed. `path` and `query` are not yet quoted.

    `headers` are signed besides: S3 wants that of all that begin with `x-amz-`. `digest` is the
    body's SHA-256, where the body itself is not at hand.
    """

    service: str  # s3 | iam
    method: str
    host: str
    path: str
    body: bytes = b""
    query: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()  # names in small letters
    digest: str = ""


def query_string(query: tuple[tuple[str, str], ...]) -> str:
    """The query as it is signed, and has to be sent: quoted, in order."""
    pairs = ((quote(name, safe=""), quote(value, safe="")) for name, value in query)
    return "&".join(f"{name}={value}" for name, value in sorted(pairs))


def sign(key: Key, request: Request, now: datetime) -> Mapping[str, str]:
    """The headers that sign it; `now` in UTC."""
    stamp = now.strftime("%Y%m%dT%H%M%SZ")
    digest = request.digest or hashlib.sha256(request.body).hexdigest()
    own = {"host": request.host, "x-amz-content-sha256": digest, "x-amz-date": stamp}
    headers = dict(sorted({**dict(request.headers), **own}.items()))
    names = ";".join(headers)
    lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
    query = query_string(request.query)
    plain = f"{request.method}\n{quote(request.path)}\n{query}\n{lines}\n{names}\n{digest}"
    scope = f"{stamp[:8]}/{_REGION}/{request.service}/aws4_request"
    # A header's value may be bytes that are no UTF-8: they are signed as they are sent.
    told = hashlib.sha256(plain.encode(errors="surrogateescape")).hexdigest()
    text = f"{_ALGORITHM}\n{stamp}\n{scope}\n{told}"
    secret = f"AWS4{key.secret}".encode()
    for word in scope.split("/"):
        secret = hmac.digest(secret, word.encode(), "sha256")
    signature = hmac.new(secret, text.encode(), "sha256").hexdigest()
    return {
        **headers,
        "authorization": f"{_ALGORITHM} Credential={key.access}/{scope}, "
        f"SignedHeaders={names}, Signature={signature}",
    }
