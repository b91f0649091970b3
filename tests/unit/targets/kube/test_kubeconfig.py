"""A kubeconfig as it is read: the right context, and plain words for a wrong one."""

from __future__ import annotations

import base64

import pytest
import yaml

from rackhouse.kit.errors import FileError, Missing
from rackhouse.targets.kube.kubeconfig import read


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def config(user: dict[str, str] | None = None, cluster: dict[str, str] | None = None) -> str:
    home = {"server": "https://pi-1:6443", "certificate-authority-data": b64("CA")}
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
    assert access.authority == "CA"
    assert access.token.reveal() == "hush"
    assert "hush" not in repr(access)


def test_another_can_be_named() -> None:
    assert read(config(), "work").server == "https://work:6443"


def test_a_certificate_is_read_from_the_text() -> None:
    user = {"client-certificate-data": b64("CERT"), "client-key-data": b64("KEY")}
    access = read(config(user))
    assert (access.certificate, access.key.reveal()) == ("CERT", "KEY")
    assert "KEY" not in repr(access)


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
        (config(cluster={"server": "pi-1"}), "no server's address"),
    ],
)
def test_what_cannot_be_used_is_refused(text: str, said: str) -> None:
    with pytest.raises(FileError) as caught:
        read(text)
    assert said in str(caught.value)
