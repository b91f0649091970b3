"""An S3 server as its administrator sees it: every bucket and object, whatever it is called.

Asked in S3's own words: client libraries tidy keys up, and refuse to list a bucket in which one key
has a tab. Knows no backup.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Self
from urllib.parse import quote, unquote_plus, urlencode

import httpx

from rackhouse.kit.errors import Unavailable
from rackhouse.targets.objects.client import code, texts
from rackhouse.targets.objects.sigv4 import Key, Request, query_string, sign

# What a bucket has besides its objects, each an XML document of its own.
SETTINGS = ("cors", "versioning", "tagging", "lifecycle", "policy")
_DESCRIBED_BY = (
    *("cache-control", "content-disposition", "content-encoding", "content-language"),
    *("content-type", "expires"),
)
_META, _TAGS, _TAG_COUNT = "x-amz-meta-", "x-amz-tagging", "x-amz-tagging-count"
_NOTHING = re.compile(r"(<\?[^>]*>)?\s*<\w+[^>]*>\s*</\w+>\s*")  # an element without content
_PATIENCE = httpx.Timeout(120.0, connect=5.0)
_CHUNK = 1 << 16

Attributes = Mapping[str, str]  # the headers that an object is put with


@dataclass(frozen=True, slots=True)
class Object:
    """An object that is being read: `content` is its bytes as they were put."""

    size: int
    attributes: Attributes
    content: Iterator[bytes]


class Storage:
    """One server. A context manager: it holds connections."""

    def __init__(self, address: Mapping[str, str]) -> None:
        self._url = httpx.URL(address["url"])
        self._key = Key(address["access_key"], address["secret_key"])
        # Straight to it: whatever proxy the environment names is for the Internet.
        self._http = httpx.Client(timeout=_PATIENCE, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def buckets(self) -> list[str]:
        """The name of every bucket."""
        return sorted(texts(self._ask("GET", "/").text, "Name"))

    def make(self, bucket: str) -> None:
        """Make the bucket, unless it is there."""
        if bucket not in self.buckets():
            self._ask("PUT", f"/{bucket}")

    def settings(self, bucket: str) -> dict[str, str]:
        """Each of `SETTINGS` that the bucket has, as XML."""
        asked = {it: self._ask("GET", f"/{bucket}", (it, ""), ok=(404, 501)) for it in SETTINGS}
        return {
            it: answer.text
            for it, answer in asked.items()
            if answer.is_success and not _NOTHING.fullmatch(answer.text)
        }

    def put_setting(self, bucket: str, setting: str, text: str) -> None:
        """Give the bucket one of its `settings` again."""
        self._ask("PUT", f"/{bucket}", (setting, ""), body=text.encode())

    def keys(self, bucket: str) -> Iterator[str]:
        """The key of every object. Asked for as URLs, for XML cannot hold every key."""
        more: tuple[tuple[str, str], ...] = ()
        while True:
            query = (("list-type", "2"), ("encoding-type", "url"), *more)
            page = self._ask("GET", f"/{bucket}", *query).text
            yield from (unquote_plus(key) for key in texts(page, "Key"))
            token = texts(page, "NextContinuationToken")
            if not token:
                return
            more = (("continuation-token", token[0]),)

    @contextmanager
    def get(self, bucket: str, key: str) -> Iterator[Object | None]:
        """The object while the block runs; None when there is none."""
        with self._sent("GET", f"/{bucket}/{key}") as answer:
            if answer.status_code == httpx.codes.NOT_FOUND:
                yield None
                return
            self._check(answer, f"GET {key}")
            tags = answer.headers.get(_TAG_COUNT, "0") != "0"
            extra = {_TAGS: self._tags(bucket, key)} if tags else {}
            size = int(answer.headers["content-length"])
            yield Object(size, _attributes(answer) | extra, answer.iter_raw(_CHUNK))

    def put(self, bucket: str, key: str, file: Path, attributes: Attributes) -> None:
        """Put the file as an object."""
        with file.open("rb") as content:
            digest = hashlib.file_digest(content, "sha256").hexdigest()
            content.seek(0)
            headers = (*attributes.items(), ("content-length", str(file.stat().st_size)))
            path = f"/{bucket}/{key}"
            with self._sent("PUT", path, headers=headers, body=content, digest=digest) as answer:
                self._check(answer, f"PUT {key}")

    def _tags(self, bucket: str, key: str) -> str:
        text = self._ask("GET", f"/{bucket}/{key}", ("tagging", "")).text
        pairs = zip(texts(text, "Key"), texts(text, "Value"), strict=True)
        return urlencode(list(pairs), quote_via=quote)

    def _ask(
        self,
        method: str,
        path: str,
        *query: tuple[str, str],
        body: bytes = b"",
        ok: tuple[int, ...] = (),
    ) -> httpx.Response:
        with self._sent(method, path, *query, body=body) as answer:
            if answer.status_code not in ok:
                self._check(answer, f"{method} {path} {query_string(query)}".rstrip())
            answer.read()
            return answer

    @contextmanager
    def _sent(
        self,
        method: str,
        path: str,
        *query: tuple[str, str],
        headers: tuple[tuple[str, str], ...] = (),
        body: bytes | BinaryIO = b"",
        digest: str = "",
    ) -> Iterator[httpx.Response]:
        """The answer, not read yet."""
        host = self._url.netloc.decode()
        said = Request(
            service="s3",
            method=method,
            host=host,
            path=path,
            body=body if isinstance(body, bytes) else b"",
            query=query,
            headers=headers,
            digest=digest,
        )
        signed = sign(self._key, said, datetime.now(UTC)).items()
        raw = [(name.encode(), value.encode(errors="surrogateescape")) for name, value in signed]
        asked = f"{quote(path)}?{query_string(query)}" if query else quote(path)
        url = self._url.copy_with(raw_path=asked.encode())
        try:
            with self._http.stream(method, url, headers=raw, content=body or None) as answer:
                yield answer
        except httpx.HTTPError as error:
            raise self._unavailable(str(error) or type(error).__name__) from error

    def _check(self, answer: httpx.Response, what: str) -> None:
        if not answer.is_success:
            answer.read()
            why = code(answer.text) or answer.reason_phrase
            raise self._unavailable(f"{what}: {answer.status_code} {why}")

    def _unavailable(self, why: str) -> Unavailable:
        return Unavailable(
            f"the objects cannot be had: {why}",
            where=str(self._url),
            fix="see `rackhouse status` and `rackhouse logs objects`",
        )


def _attributes(answer: httpx.Response) -> dict[str, str]:
    """What describes the object, byte for byte."""
    pairs = (
        (name.decode().lower(), value.decode(errors="surrogateescape"))
        for name, value in answer.headers.raw
    )
    return {k: v for k, v in pairs if k in _DESCRIBED_BY or k.startswith(_META)}
