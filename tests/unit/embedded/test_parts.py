"""The parts as resources: named as others count on, complete, and without a secret in the open."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import yaml

from rackhouse.desired.embedded import ingress as front
from rackhouse.desired.embedded.cache import cache
from rackhouse.desired.embedded.console import console
from rackhouse.desired.embedded.forge import forge
from rackhouse.desired.embedded.ingress import ingress, pool
from rackhouse.desired.embedded.objects import objects
from rackhouse.desired.embedded.part import Part
from rackhouse.desired.embedded.postgres import postgres
from rackhouse.rack.model import Cache, Data, Ingress, Objects, Postgres, Rack
from rackhouse.resources.core import Hidden, Id, Ref, Resource, Text
from rackhouse.resources.machine import File, Job, Port, Process, Program
from rackhouse.resources.tools import Tools

TOOLS = Tools(
    python="/venv/bin/python",
    postgres_bin="/venv/pg/bin",
    valkey="/venv/bin/valkey-server",
    weed="/venv/bin/weed",
    traefik="/venv/bin/traefik",
    uv="/venv/bin/uv",
    versions="postgres=18.6.3 valkey=9.1.2 seaweedfs=4.48 traefik=3.7.15",
)


def parts(rack: Rack | None = None, tools: Tools = TOOLS) -> dict[str, Part]:
    rack = rack or Rack()
    return {
        "postgres": postgres(rack, tools),
        "cache": cache(rack, tools),
        "objects": objects(rack, tools),
        "ingress": ingress(rack, tools, {"hello.rack.localhost"}, doors=3, lan_doors=1),
        "console": console(rack, tools, "/home/me/rack.yaml"),
        "forge": forge(rack, tools, Text.of(Id("machine", "port", "console").ref("number"))),
    }


NAMES = {
    "postgres": """machine/folder/postgres machine/job/postgres.init@18 machine/port/postgres
        machine/process/postgres vault/secret/postgres""",
    "cache": """machine/file/cache.conf machine/folder/cache machine/port/cache
        machine/process/cache vault/secret/cache""",
    "objects": """machine/file/objects.json machine/file/objects.pem machine/folder/objects
        machine/port/objects machine/process/objects vault/authority/objects
        vault/secret/objects.access vault/secret/objects.secret vault/secret/objects.signing""",
    "ingress": """machine/file/authority.pem machine/file/ingress.yaml machine/file/tls.toml
        machine/folder/routes machine/port/doors machine/port/doors.lan machine/port/http
        machine/port/https machine/port/ingress.admin machine/process/ingress
        vault/authority/rack vault/certificate/rack""",
    "console": """machine/port/console machine/process/console vault/secret/console
        vault/signer/console""",
    "forge": "machine/port/forge machine/process/forge",
}


@pytest.mark.parametrize("name", NAMES)
def test_names_are_those_that_others_count_on(name: str) -> None:
    made = sorted(str(resource.id) for resource in parts()[name].resources)
    assert made == NAMES[name].split()


def everything() -> dict[Any, Resource[Any]]:
    return {resource.id: resource for part in parts().values() for resource in part.resources}


def test_whatever_is_referred_to_is_there() -> None:
    known = everything()
    for resource in known.values():
        assert resource.before <= known.keys()
    for part in parts().values():
        if part.place is not None:
            assert part.place.before <= known.keys()
        for text in part.outputs.values():
            assert {ref.to for ref in text.refs} <= known.keys()


def programs() -> Iterator[tuple[str, Program]]:
    for id, resource in everything().items():
        if isinstance(resource.spec, Process | Job):
            yield str(id), resource.spec.program


def test_no_secret_is_on_a_command_line_where_every_account_can_read_it() -> None:
    probes = [
        (str(id), getattr(resource.spec.probe, "command", ()))
        for id, resource in everything().items()
        if isinstance(resource.spec, Process)
    ]
    lines = [(name, program.command) for name, program in programs()] + probes
    assert len(lines) >= 11
    for name, command in lines:
        assert {ref.to.target for word in command for ref in word.refs} <= {"machine"}, name


def test_what_holds_data_or_a_password_is_kept() -> None:
    kept = {str(id) for id, resource in everything().items() if resource.keep}
    data = {f"machine/folder/{name}" for name in ("postgres", "cache", "objects")}
    vault = {str(id) for id in everything() if id.target == "vault"}
    assert kept == data | vault | {"machine/file/authority.pem"}


def test_the_same_rack_makes_the_same_parts() -> None:
    assert parts() == parts()


@pytest.mark.parametrize(
    ("word", "restarted"),
    [
        ("postgres", "postgres"),
        ("valkey", "cache"),
        ("seaweedfs", "objects"),
        ("traefik", "ingress"),
    ],
)
def test_another_version_at_the_same_path_restarts_that_part_alone(
    word: str, restarted: str
) -> None:
    other = TOOLS.versions.replace(f"{word}=", f"{word}=18.9")
    newer = parts(tools=replace(TOOLS, versions=other))
    changed = {
        name
        for name, part in parts().items()
        for before, after in zip(part.resources, newer[name].resources, strict=True)
        if isinstance(before.spec, Process) and before.digest != after.digest
    }
    assert changed == {restarted}


def test_every_port_is_on_loopback_but_those_that_a_route_asked_for() -> None:
    ports = {str(id): r.spec for id, r in everything().items() if isinstance(r.spec, Port)}
    assert {name for name, port in ports.items() if port.bind != "127.0.0.1"} == {
        "machine/port/doors.lan"
    }
    without = ingress(Rack(), TOOLS, doors=3)
    assert all(r.spec.bind == "127.0.0.1" for r in without.resources if isinstance(r.spec, Port))


def test_ports_of_the_rack_file_are_demanded() -> None:
    rack = Rack(ingress=Ingress(http=8080, https=8443, console=8400))
    made = {str(r.id): r.spec for part in parts(rack).values() for r in part.resources}
    assert made["machine/port/http"].fixed == 8080
    assert made["machine/port/https"].fixed == 8443
    assert made["machine/port/console"].fixed == 8400
    assert made["machine/port/postgres"].fixed == 0


@pytest.mark.parametrize(
    ("wanted", "size"), [(0, 32), (1, 32), (32, 32), (33, 64), (64, 64), (100, 128)]
)
def test_doors_come_in_pools(wanted: int, size: int) -> None:
    assert pool(wanted) == size
    made = {str(r.id): r.spec for r in ingress(Rack(), TOOLS, doors=wanted).resources}
    assert made["machine/port/doors"].count == size


class Filled(dict[Ref, Hidden]):
    """A value for every reference: a port's is a number, a path's is its name, PEM is itself."""

    def __missing__(self, ref: Ref) -> Hidden:
        if ref.output.startswith("number"):
            return Hidden(str(20_000 + int(ref.output.partition("+")[2] or 0)))
        if ref.output in {"certificate", "key"}:
            return Hidden(f"-----BEGIN X-----\n{ref.to.name}\n-----END X-----\n")
        return Hidden(f"/root/{ref.to.name}")


def content(id: str, rack: Rack | None = None) -> str:
    made = {str(r.id): r.spec for part in parts(rack).values() for r in part.resources}
    spec = made[id]
    assert isinstance(spec, File)
    return spec.content.fill(Filled())


def test_the_configuration_of_the_ingress_is_yaml_with_an_entry_point_for_each_door() -> None:
    static = yaml.safe_load(content("machine/file/ingress.yaml"))
    entries = static["entryPoints"]
    assert len(entries) == 3 + 32 + 32
    assert entries["http"]["address"] == "127.0.0.1:20000"
    assert entries["door-31"]["address"] == "127.0.0.1:20031"
    assert entries["lan-00"]["address"] == ":20000"
    assert static["global"] == {"checkNewVersion": False, "sendAnonymousUsage": False}
    assert "api" not in static
    assert "accessLog" not in static
    assert not [entry for entry in entries.values() if "forwardedHeaders" in entry]


def test_the_served_certificate_is_toml_and_holds_pem_as_it_is() -> None:
    served = tomllib.loads(content("machine/file/tls.toml"))
    [pair] = served["tls"]["certificates"]
    assert pair["certFile"] == "-----BEGIN X-----\nrack\n-----END X-----\n"
    assert served["tls"]["stores"]["default"]["defaultCertificate"] == pair


def test_the_certificate_is_for_every_host_once() -> None:
    made = ingress(Rack(), TOOLS, ["b.rack.localhost", "a.rack.localhost", "rack.localhost"])
    [names] = [r.spec.names for r in made.resources if r.id == front.CERTIFICATE]
    assert names == (
        *("rack.localhost", "127.0.0.1", "a.rack.localhost", "b.rack.localhost", "localhost"),
    )


def test_the_first_identity_of_the_objects_is_json() -> None:
    [identity] = json.loads(content("machine/file/objects.json"))["identities"]
    assert identity["credentials"] == [
        {"accessKey": "/root/objects.access", "secretKey": "/root/objects.secret"}
    ]


def test_sizes_of_the_rack_file_arrive() -> None:
    data = Data(
        postgres=Postgres(memory=128 * 2**20, connections=20),
        cache=Cache(memory=1024),
        objects=Objects(storage=100 * 2**30),
    )
    made = parts(Rack(data=data))
    words = {
        name: [str(word) for word in resource.spec.program.command]
        for name, part in made.items()
        for resource in part.resources
        if isinstance(resource.spec, Process)
    }
    assert {"shared_buffers=131072kB", "max_connections=20"} <= set(words["postgres"])
    assert "-volume.max=400" in words["objects"]
    assert "maxmemory 1024\n" in content("machine/file/cache.conf", Rack(data=data))


def test_seaweedfs_is_told_to_keep_to_itself() -> None:
    words = dict(programs())["machine/process/objects"]
    flags = {str(word) for word in words.command}
    assert {
        *("-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-disableHttp", "-master.telemetry=false"),
        *("-webdav=false", "-admin.ui=false", "-s3.port.iceberg=0", "-s3.port.lance=0"),
    } <= flags
    told = dict(words.env)
    assert told["HOME"] == Text.of(Ref(everything_id("machine/folder/objects"), "path"))
    for speaker in ("MASTER", "VOLUME", "FILER", "S3", "ADMIN", "WORKER", "CLIENT"):
        assert told[f"WEED_GRPC_{speaker}_CERT"] == told["WEED_GRPC_CA"]
        assert told[f"WEED_GRPC_{speaker}_KEY"] == told["WEED_GRPC_CA"]


def everything_id(text: str) -> Any:
    return next(id for id in everything() if str(id) == text)
