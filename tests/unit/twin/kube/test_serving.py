"""The twin is had over HTTPS, with a kubeconfig as any cluster's."""

from __future__ import annotations

import base64
import ssl
from pathlib import Path

import httpx
import pytest
import yaml

from rackhouse.twin.kube.cluster import Cluster
from rackhouse.twin.kube.serving import Served, serve


def _client(served: Served) -> httpx.Client:
    config = yaml.safe_load(served.kubeconfig())
    [cluster] = [it["cluster"] for it in config["clusters"]]
    authority = base64.b64decode(cluster["certificate-authority-data"]).decode()
    return httpx.Client(
        base_url=cluster["server"], verify=ssl.create_default_context(cadata=authority)
    )


def test_it_is_served_and_a_kubeconfig_leads_there(tmp_path: Path) -> None:
    with serve(Cluster(), tmp_path) as served, _client(served) as client:
        assert client.get("/version").json()["major"] == "1"
        assert client.get("/readyz").text == "ok"
    with pytest.raises(httpx.ConnectError):
        httpx.get(served.url, verify=False)


def test_a_certificate_whose_time_is_over_is_not_trusted(tmp_path: Path) -> None:
    served = serve(Cluster(), tmp_path, expired=True)
    refused = pytest.raises(httpx.ConnectError, match="certificate has expired")
    with served as there, _client(there) as client, refused:
        client.get("/version")


def test_the_key_is_nobody_elses_to_read(tmp_path: Path) -> None:
    with serve(Cluster(), tmp_path):
        assert (tmp_path / "twin.key").stat().st_mode & 0o077 == 0
