"""psql, redis and s3 of an application on a cluster: to real servers, behind the ports of pods."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis

from e2e.cluster_desk import Desk, cluster
from integration.parts.conftest import Server
from integration.parts.test_buckets import ONE, make
from rackhouse.resources.kube import KINDS
from rackhouse.store.memory import MemoryStore
from rackhouse.targets.kube.kubeconfig import read
from rackhouse.targets.kube.server import Server as Api
from rackhouse.targets.vault.by_hand import give
from rackhouse.twin.kube.nodes.images import Image
from rackhouse.twin.kube.serving import serve

pytestmark = pytest.mark.slow

RACK = "rack: home\nclusters: {lab: {}}\napplications: {hello: {repository: hello}}\n"
SCORE = """
apiVersion: score.dev/v1b1
metadata: {name: NAME}
containers: {web: {image: docker.io/library/nginx:1.29.3}}
resources:
  db: {type: postgres}
  visits: {type: redis}
  files: {type: s3}
"""
DATA = "/api/v1/namespaces/data"
PASSWORD = "of hello"
LABELS = {
    "postgres": {"cnpg.io/cluster": "postgres", "cnpg.io/instanceRole": "primary"},
    "cache": {"app.kubernetes.io/name": "valkey"},
    "objects": {"app.kubernetes.io/name": "seaweedfs"},
}
PORTS = {"postgres": 5432, "cache": 6379, "objects": 8333}


@pytest.fixture
def servers(
    postgres_server: Server, cache_server: Server, objects_server: Server
) -> Mapping[str, Server]:
    return {it.name: it for it in (postgres_server, cache_server, objects_server)}


@pytest.fixture
def at(
    servers: Mapping[str, Server], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> Iterator[Desk]:
    """hello is on the cluster lab, whose data services are these servers."""
    made = cluster()
    for name, server in servers.items():
        port = server.address.get("port") or server.address["url"].rpartition(":")[2]
        made.images.tell(name, Image(listens={PORTS[name]: int(port)}))
    with serve(made, tmp_path / "server") as served:
        desk = Desk(tmp_path, capfd, {"lab": served})
        desk.writes(RACK)
        desk.release("hello", score=SCORE)
        desk.joins("lab")
        desk.writes(RACK.replace("repository: hello", "repository: hello, cluster: lab"))
        asyncio.run(fill(Api(read(served.kubeconfig()))))
        yield desk


async def fill(api: Api) -> None:
    """What an apply and the operators make there."""
    assert KINDS["Secret"] == "v1"
    await api.ask("POST", "/api/v1/namespaces", body={"metadata": {"name": "data"}})
    await api.send("POST", f"{DATA}/serviceaccounts", body={"metadata": {"name": "default"}})
    for name, labels in LABELS.items():
        spec = {"containers": [{"name": "server", "image": name}]}
        about = {"name": f"{name}-1", "labels": labels}
        await api.ask("POST", f"{DATA}/pods", body={"metadata": about, "spec": spec})
    login = {"username": "hello_db", "password": PASSWORD}
    await secret(api, "hello.db", login, {"cnpg.io/reload": "true"})
    line = f"user hello.visits on >{PASSWORD.replace(' ', '-')} ~hello.visits:* +@all\n"
    await secret(api, "valkey", {"users.acl": f"user other on >x ~* +@all\n{line}"})
    key = {"accessKey": ONE.access, "secretKey": ONE.secret}
    identities = {"identities": [{"name": "hello.files", "credentials": [key]}]}
    await secret(api, "seaweedfs", {"identities.json": json.dumps(identities)})
    async with asyncio.timeout(20):
        while not all([await runs(api, f"{name}-1") for name in LABELS]):
            await asyncio.sleep(0.02)
    await api.close()


async def runs(api: Api, pod: str) -> bool:
    found = await api.ask("GET", f"{DATA}/pods/{pod}")
    return bool(found.get("status", {}).get("phase") == "Running")


async def secret(
    api: Api, name: str, values: Mapping[str, str], labels: Mapping[str, str] | None = None
) -> None:
    data = {key: base64.b64encode(it.encode()).decode() for key, it in values.items()}
    about: dict[str, Any] = {"name": name, "labels": dict(labels or {})}
    await api.ask("POST", f"{DATA}/secrets", body={"metadata": about, "data": data})


def admin(server: Server) -> psycopg.Connection:
    to = server.address
    return psycopg.connect(
        host=to["host"],
        port=int(to["port"]),
        user=to["user"],
        password=to["password"],
        dbname="postgres",
        autocommit=True,
    )


def test_psql_is_the_application_in_its_database_and_takes_it_along(
    at: Desk, servers: Mapping[str, Server], tmp_path: Path
) -> None:
    with admin(servers["postgres"]) as there:
        there.execute(f"CREATE ROLE hello_db LOGIN PASSWORD '{PASSWORD}'")
        there.execute("CREATE DATABASE hello_db OWNER hello_db")
        try:
            said = at.run("psql hello -- -Atc SELECT/**/current_user,current_database()")
            assert said.strip() == "hello_db|hello_db"
            assert "does not exist" in at.run("psql hello -- -c TABLE/**/nothing", code=1)
            at.run("psql hello -- -c CREATE/**/TABLE/**/entry/**/AS/**/SELECT/**/'Ada'/**/who")
            sql = tmp_path / "hello.sql"
            sql.write_text(at.run("psql --dump hello"))
            at.run("psql hello -- -c DROP/**/TABLE/**/entry")
            at.run(f"psql hello -- -v ON_ERROR_STOP=1 -f {sql}")
            assert at.run("psql hello -- -Atc TABLE/**/entry").strip() == "Ada"
        finally:
            there.execute("DROP DATABASE hello_db WITH (FORCE)")
            there.execute("DROP ROLE hello_db")


def test_redis_is_the_application(at: Desk, servers: Mapping[str, Server]) -> None:
    to = servers["cache"].address
    login = {"username": to["user"], "password": to["password"]}
    with redis.Redis(host=to["host"], port=int(to["port"]), **login) as there:
        rules = ["on", ">of-hello", "~hello.visits:*", "+@all"]
        there.execute_command("ACL SETUSER", "hello.visits", *rules)
        try:
            assert at.run("redis hello -- INCR hello.visits:n").strip() == "1"
            assert "begin with hello.visits:" in at.run("redis hello -- GET other", code=4)
        finally:
            there.delete("hello.visits:n")
            there.execute_command("ACL DELUSER", "hello.visits")


async def test_s3_is_the_application_s_bucket(
    at: Desk, servers: Mapping[str, Server], store: MemoryStore, tmp_path: Path
) -> None:
    target = servers["objects"].target(store)
    await make(target, "hello.files", ONE)
    try:
        (tmp_path / "a").write_text("words")
        run = asyncio.to_thread
        await run(at.run, f"s3 put hello {tmp_path / 'a'} a.txt")
        assert "5 B  a.txt" in await run(at.run, "s3 ls hello")
        await run(at.run, f"s3 get hello a.txt {tmp_path / 'b'}")
        assert (tmp_path / "b").read_text() == "words"
        assert "rackhouse s3 get hello a.txt" in await run(at.run, "s3 sign hello a.txt", 4)
    finally:
        for seen in await target.observe(None):
            await target.remove(seen, lambda words: None)
        await target.close()


async def test_a_bucket_elsewhere_is_reached_there(
    at: Desk, servers: Mapping[str, Server], store: MemoryStore
) -> None:
    target, url = servers["objects"].target(store), servers["objects"].address["url"]
    await make(target, "mine", ONE)
    run = asyncio.to_thread
    try:
        at.writes(f"{at.file.read_text()}data: {{objects: {{at: '{url}'}}}}\n")
        assert "rackhouse secret set hello files-bucket" in await run(at.run, "s3 ls hello", 5)
        with at.house() as house:
            for word, value in (
                ("bucket", "mine"),
                ("access-key", ONE.access),
                ("secret-key", ONE.secret),
            ):
                give(house.store, "hello", f"files-{word}", value)
        await run(at.run, f"s3 put hello {at.file} rack.yaml")
        assert "rack.yaml" in await run(at.run, "s3 ls hello")
        assert url in await run(at.run, "s3 sign hello rack.yaml")
    finally:
        for seen in await target.observe(None):
            await target.remove(seen, lambda words: None)
        await target.close()
