"""AWS Signature Version 4, for requests whose whole body is at hand. Pure.

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
    """What is signed: a request without query. `path` is not yet quoted."""

    service: str  # s3 | iam
    method: str
    host: str
    path: str
    body: bytes = b""


def sign(key: Key, request: Request, now: datetime) -> Mapping[str, str]:
    """The headers that sign it; `now` in UTC."""
    stamp = now.strftime("%Y%m%dT%H%M%SZ")
    digest = hashlib.sha256(request.body).hexdigest()
    headers = {"host": request.host, "x-amz-content-sha256": digest, "x-amz-date": stamp}
    names = ";".join(headers)
    lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
    plain = f"{request.method}\n{quote(request.path)}\n\n{lines}\n{names}\n{digest}"
    scope = f"{stamp[:8]}/{_REGION}/{request.service}/aws4_request"
    text = f"{_ALGORITHM}\n{stamp}\n{scope}\n{hashlib.sha256(plain.encode()).hexdigest()}"
    secret = f"AWS4{key.secret}".encode()
    for word in scope.split("/"):
        secret = hmac.digest(secret, word.encode(), "sha256")
    signature = hmac.new(secret, text.encode(), "sha256").hexdigest()
    return {
        **headers,
        "authorization": f"{_ALGORITHM} Credential={key.access}/{scope}, "
        f"SignedHeaders={names}, Signature={signature}",
    }
