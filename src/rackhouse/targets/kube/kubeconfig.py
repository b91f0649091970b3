"""A kubeconfig's text and a context in, where the API server is and how to come in, out. Pure.

Reads no file: certificates and tokens have to be in the text. A plugin that would be run to get a
token is refused, for only `kit.process` starts programs, and never one that a file names.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import yaml
from cryptography import x509

from rackhouse.kit.errors import FileError, Missing, Problem
from rackhouse.kit.text import did_you_mean
from rackhouse.resources.core import Hidden

_JOIN = "`rackhouse cluster add` with another file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """How one cluster is reached. Certificates and the key are PEM; empty where there is none."""

    server: str  # https://10.20.10.10:6443
    authority: str = ""
    certificate: str = ""
    key: Hidden = Hidden("")
    token: Hidden = Hidden("")
    server_name: str = ""  # the name in the server's certificate, where it is another
    unchecked: bool = False  # insecure-skip-tls-verify

    def __str__(self) -> str:
        return self.server

    @property
    def caution(self) -> str:
        """What people should know of this way in; empty where nothing is wrong with it."""
        if self.server.startswith("http://"):
            return "over plain http: whoever is on the way reads and changes what is said"
        if self.unchecked:
            return "without a check of its certificate: whoever is on the way can be that server"
        return ""


def read(text: str, context: str = "") -> Access:
    """The access of that context, or of the current one. FileError, Missing."""
    try:
        said = yaml.safe_load(text)
    except yaml.YAMLError:
        said = None
    if not isinstance(said, dict) or not isinstance(said.get("clusters"), list):
        raise _wrong("", "it is no kubeconfig", _JOIN)
    name = context or str(said.get("current-context") or "")
    chosen = _named(said, "contexts", "context", name)
    cluster = _named(said, "clusters", "cluster", str(chosen.get("cluster", "")))
    user = _named(said, "users", "user", str(chosen["user"])) if chosen.get("user") else {}
    _check_user(user, str(chosen.get("user", "")))
    _check_cluster(cluster, name)
    return Access(
        server=str(cluster["server"]).rstrip("/"),
        authority=_certificates(cluster, "certificate-authority"),
        certificate=_certificates(user, "client-certificate"),
        key=Hidden(_pem(user, "client-key")),
        token=Hidden(str(user.get("token") or "")),
        server_name=str(cluster.get("tls-server-name") or ""),
        unchecked=cluster.get("insecure-skip-tls-verify") is True,
    )


def _named(said: Mapping[str, Any], where: str, inside: str, name: str) -> Mapping[str, Any]:
    """What is under `inside` of the entry of that name. Missing lists what there is."""
    entries = said.get(where)
    found: dict[str, Any] = {
        str(each["name"]): each.get(inside)
        for each in (entries if isinstance(entries, list) else ())
        if isinstance(each, dict) and "name" in each
    }
    if not isinstance(found.get(name), dict):
        there = ", ".join(sorted(found)) or "none"
        what = f"the kubeconfig has no {inside} {name!r}" if name else "no context is chosen"
        raise Missing(
            f"{what}.{did_you_mean(name, found)} It has: {there}",
            fix="name one with --context" if where == "contexts" else _JOIN,
        )
    entry: Mapping[str, Any] = found[name]
    return entry


def _check_cluster(cluster: Mapping[str, Any], context: str) -> None:
    """An address that can be asked, and asked straight."""
    said = str(cluster.get("server") or "")
    try:
        url = httpx.URL(said)
    except httpx.InvalidURL as error:
        what = f"the server's address {said!r} is none: {error}"
        raise _wrong("clusters.server", what, _JOIN) from None
    if url.scheme not in {"http", "https"} or not url.host or url.userinfo:
        raise _wrong(
            "clusters.server", f"the cluster of {context!r} has no server's address", _JOIN
        )
    if cluster.get("proxy-url"):
        fix = "have a way there without: a route, a tunnel, a VPN"
        raise _wrong("clusters.proxy-url", "no proxy is gone through", fix)


def _check_user(user: Mapping[str, Any], name: str) -> None:
    for word in ("as", "as-uid", "as-groups", "as-user-extra"):
        if user.get(word):
            fix = "name the context of an account that may do it itself"
            raise _wrong(f"users.{name}.{word}", "nobody is acted as who is another", fix)
    for word in ("exec", "auth-provider", "tokenFile", "username"):
        if word in user:
            raise _wrong(
                f"users.{name}.{word}",
                "only a token or a client certificate that is in the file can be used",
                "make a token for an account: `kubectl create token ACCOUNT --duration=8760h`",
            )


def _certificates(entry: Mapping[str, Any], word: str) -> str:
    """PEM of at least one certificate, where there is any."""
    text = _pem(entry, word)
    try:
        if text:
            x509.load_pem_x509_certificates(text.encode())
    except ValueError:
        raise _wrong(f"{word}-data", "no certificate is in it", _JOIN) from None
    return text


def _pem(entry: Mapping[str, Any], word: str) -> str:
    data = entry.get(f"{word}-data")
    if data is None:
        if entry.get(word):
            what = f"{word} names a file, which may not be there tomorrow"
            raise _wrong(word, what, "`kubectl config view --raw --flatten` writes one without")
        return ""
    try:
        return base64.b64decode(str(data), validate=True).decode("ascii")
    except (binascii.Error, UnicodeDecodeError):
        raise _wrong(f"{word}-data", "it is not base64 of PEM", _JOIN) from None


def _wrong(path: str, what: str, fix: str) -> FileError:
    problem = Problem(line=0, rule="kubeconfig", path=path, what=what, fix=fix)
    return FileError("kubeconfig", [problem])
