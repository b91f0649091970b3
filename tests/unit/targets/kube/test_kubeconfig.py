"""A kubeconfig as it is read: the right context, and plain words for a wrong one."""

from __future__ import annotations

import base64
from typing import Any

import pytest
import yaml

from rackhouse.kit.errors import FileError, Missing
from rackhouse.targets.kube.kubeconfig import read
from rackhouse.twin.kube.certificates import make
from rackhouse.twin.kube.cluster import now

PEM = make(now()).authority


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def config(user: dict[str, Any] | None = None, cluster: dict[str, Any] | None = None) -> str:
    home = {"server": "https://pi-1:6443", "certificate-authority-data": b64(PEM)}
    clusters = [
        {"name": "home", "cluster": {**home, **(cluster or {})}},
        {"name": "work", "cluster": {"server": "https://work:6443/"}},
    ]
    contexts = [
        {"name": "home", "context": {"cluster": "home", "user": "me"}},
        {"name": "work", "context": {"cluster": "work"}},
        {"name": "lost", "context": {"cluster": "nowhere"}},
    ]
    said = {
        "current-context": "home",
        "clusters": clusters,
        "contexts": contexts,
        "users": [{"name": "me", "user": user or {"token": "hush"}}],
    }
    return yaml.safe_dump(said)


def test_the_current_context_is_read() -> None:
    access = read(config())
    assert access.server == "https://pi-1:6443"
    assert access.authority == PEM
    assert access.token.reveal() == "hush"
    assert "hush" not in repr(access)


def test_another_can_be_named() -> None:
    assert read(config(), "work").server == "https://work:6443"


def test_a_certificate_is_read_from_the_text() -> None:
    user = {"client-certificate-data": b64(PEM), "client-key-data": b64("KEY")}
    access = read(config(user))
    assert (access.certificate, access.key.reveal()) == (PEM, "KEY")
    assert "KEY" not in repr(access)


@pytest.mark.parametrize(
    ("cluster", "said"),
    [
        ({}, ""),
        ({"server": "http://pi-1:8080"}, "over plain http"),
        ({"insecure-skip-tls-verify": True}, "without a check of its certificate"),
    ],
)
def test_a_way_in_that_others_can_listen_to_is_told(cluster: dict[str, Any], said: str) -> None:
    caution = read(config(cluster=cluster)).caution
    assert caution.startswith(said)
    assert bool(caution) == bool(said)


@pytest.mark.parametrize(
    ("context", "said"),
    [("hom", "Did you mean 'home'?"), ("lost", "no cluster 'nowhere'")],
)
def test_what_is_missing_is_named(context: str, said: str) -> None:
    with pytest.raises(Missing) as caught:
        read(config(), context)
    assert said in caught.value.what


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nonsense: [", "no kubeconfig"),
        ("[]", "no kubeconfig"),
        (config({"exec": "aws"}), "only a token or a client certificate"),
        (config({"client-certificate": "/home/me/cert.pem"}), "names a file"),
        (config({"client-certificate-data": "%"}), "not base64"),
        (config({"client-certificate-data": b64("CERT")}), "no certificate is in it"),
        (config({"as": "admin"}), "nobody is acted as"),
        (config({"as-groups": ["system:masters"]}), "nobody is acted as"),
        (config(cluster={"certificate-authority-data": b64("é")}), "not base64 of PEM"),
        (config(cluster={"certificate-authority-data": b64("CA")}), "no certificate is in it"),
        (config(cluster={"proxy-url": "http://proxy:3128"}), "no proxy is gone through"),
        (config(cluster={"server": "pi-1"}), "no server's address"),
        (config(cluster={"server": "https://"}), "no server's address"),
        (config(cluster={"server": "https://me:hush@pi-1"}), "no server's address"),
        (config(cluster={"server": "https://10.0.0.1:abc"}), "Invalid port: 'abc'"),
        (config(cluster={"server": "https://[::1"}), "Invalid port"),
    ],
)
def test_what_cannot_be_used_is_refused(text: str, said: str) -> None:
    with pytest.raises(FileError) as caught:
        read(text)
    assert said in str(caught.value)
