"""`rackhouse release` in a job that has nothing but its own token: by a broker that listens, over
TLS, before a Gitea and an API server that listen too.
"""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from e2e.cluster_desk import Desk, desk
from e2e.test_cluster_release import RACK, folder, greeting
from fakes.gitea.jobs import Jobs
from rackhouse.delivery.broker import client
from rackhouse.delivery.broker.serving import Mounted, config
from rackhouse.delivery.broker.serving import made as made_broker
from rackhouse.desired.kube.home import Home
from rackhouse.desired.kube.platform import BROKER
from rackhouse.desired.kube.releasing import lending
from rackhouse.resources.kube import Object
from rackhouse.twin.kube.certificates import make

JOB = "job-0f3c"
PATHS = {
    "Role": "/apis/rbac.authorization.k8s.io/v1/namespaces/hello/roles",
    "RoleBinding": "/apis/rbac.authorization.k8s.io/v1/namespaces/hello/rolebindings",
}
ACCOUNTS = f"/api/v1/namespaces/{BROKER.namespace}/serviceaccounts"

pytestmark = pytest.mark.slow


@contextlib.contextmanager
def served(how: uvicorn.Config) -> Iterator[int]:
    """In a thread of its own, on a free port of the loopback."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(how)
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join(20)


@pytest.fixture
def jobs() -> Jobs:
    return Jobs({JOB: {"home/hello": "write"}})


@pytest.fixture
def at(
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    jobs: Jobs,
) -> Iterator[Desk]:
    """Where hello r1 runs, with a broker beside it; the job's variables are set."""
    with contextlib.ExitStack() as stack:
        made = stack.enter_context(desk(tmp_path, capfd, "lab"))
        made.writes(RACK)
        made.joins("lab")
        made.run(f"release {folder(made, 'one')}")
        gitea = uvicorn.Config(jobs.app(), log_level="critical", lifespan="off")
        forge = stack.enter_context(served(gitea))
        mounted = _mounted(made, f"http://127.0.0.1:{forge}")
        port = stack.enter_context(served(config(mounted, made_broker(mounted), "127.0.0.1", 0)))
        monkeypatch.setenv("RACKHOUSE_BROKER", f"https://127.0.0.1:{port}")
        monkeypatch.setenv("RACKHOUSE_AUTHORITY", str(mounted.keys / "authority.pem"))
        monkeypatch.setenv("GITHUB_REPOSITORY", "home/hello")
        monkeypatch.delenv("GITEA_TOKEN", raising=False)
        monkeypatch.setattr(client, "_AGAIN", ())
        monkeypatch.setenv("GITHUB_TOKEN", JOB)
        yield made


def _mounted(at: Desk, gitea: str) -> Mounted:
    """What its pod has: the rack's apply makes the roles, the kubelet asks for the token."""
    at.makes("lab", "/api/v1/namespaces", {"metadata": {"name": BROKER.namespace}})
    at.makes("lab", ACCOUNTS, {"metadata": {"name": BROKER.service}})
    for it in lending(Home(rack="home", cluster="lab", namespace="hello")):
        assert isinstance(it.spec, Object)
        at.makes("lab", PATHS[it.spec.kind], json.loads(str(it.spec.body)))
    body: dict[str, Any] = {"spec": {"expirationSeconds": 3600}}
    token = at.makes("lab", f"{ACCOUNTS}/{BROKER.service}/token", body)["status"]["token"]
    keys, account = at.folder / "keys", at.folder / "account"
    keys.mkdir()
    account.mkdir()
    lab, own = at.clusters["lab"], make(datetime.now(UTC))
    for file, text in {
        keys / "tls.crt": own.chain,
        keys / "tls.key": own.key,
        keys / "authority.pem": own.authority,
        account / "token": f"{token}\n",
        account / "ca.crt": lab.authority,
    }.items():
        file.write_text(text)
    return Mounted(gitea=gitea, server=lab.url, keys=keys, account=account)


def test_a_job_releases_with_nothing_but_its_own_token(
    at: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    said = at.run(f"release {folder(at, 'two')}")
    assert "hello r2 is live" in said
    assert "hello: lent to a job of home/hello until" in caplog.text
    assert JOB not in said + caplog.text
    assert "twin.hello.releaser" not in said + caplog.text  # as its tokens begin
    assert greeting(at) == "two"


def test_what_it_may_not_is_said_and_nothing_changes(
    at: Desk, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = f"release {folder(at, 'two')}"
    jobs.tokens = {JOB: {"home/hello": "read"}}
    assert "its token may not write home/hello" in at.run(release, code=4)
    jobs.tokens = {}
    assert "Gitea does not know its token" in at.run(release, code=4)
    jobs.code = 503
    assert "Gitea answers 503" in at.run(release, code=8)
    monkeypatch.delenv("RACKHOUSE_AUTHORITY")  # so that nobody vouches for it
    assert "the broker does not answer" in at.run(release, code=8)
    with socket.create_server(("127.0.0.1", 0)) as closed:
        monkeypatch.setenv("RACKHOUSE_BROKER", f"https://127.0.0.1:{closed.getsockname()[1]}")
    assert "the broker does not answer" in at.run(release, code=8)
    monkeypatch.delenv("GITHUB_TOKEN")
    assert "env: {GITHUB_TOKEN: ${{ github.token }}}" in at.run(release, code=64)
    assert greeting(at) == "one"


def test_a_broker_whose_pod_mounts_nothing_says_so(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with desk(tmp_path, capfd) as made:
        said = made.run(f"broker --gitea http://x --keys {tmp_path} --account {tmp_path}", code=7)
        assert "authority.pem is not there" in said
